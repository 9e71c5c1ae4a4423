using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Quotas;
using Prism.Grains.Quotas;
using Prism.Pipeline.Admission;
using Prometheus;

namespace Prism.Tests.Keys;

/// <summary>What a call is charged to its key, whatever becomes of it. Each reserves 100 of 1,000 tokens, and 100 of 1,000 millionths of a USD.</summary>
public sealed class KeyReservationTests : IAsyncDisposable
{
    private static readonly AnswerInfo Route = new() { Provider = "vendor", Model = "m" };
    private static readonly ChatError Refusal = new() { Kind = ChatErrorKind.RateLimited, Message = "The provider's limit is reached." };
    private static readonly ChatError Failure = new() { Kind = ChatErrorKind.UpstreamServerError, Message = "It fails.", Provider = "vendor" };

    private readonly LocalQuota _holder = new(
        "silo",
        new() { TokensPerDay = 1_000, MicroUsdPerMonth = 1_000, RequestsPerMinute = 1_000, MaxConcurrency = 1 },
        TimeSpan.Zero,
        new All(),
        new FakeTimeProvider(),
        new LimitTelemetry(Metrics.WithCustomRegistry(Metrics.NewCustomRegistry())).Keys,
        NullLogger.Instance,
        TaskScheduler.Default);

    public async ValueTask DisposeAsync() => await _holder.DisposeAsync();

    [Fact]
    public async Task What_is_billed_is_charged()
    {
        var account = await AdmitAsync();
        using (account.Open())
        {
            account.OnCalled();
            account.Charge(ChatUsage.Of(20, 10) with { CostUsd = 0.0000305m });
            account.OnEnded(error: null);
        }

        Assert.Equal((30, 31, 1), Used());
    }

    [Fact]
    public async Task An_answer_that_was_there_is_a_request_and_nothing_else()
    {
        var account = await AdmitAsync();
        using (account.Open())
        {
            account.OnEnded(error: null);
        }

        Assert.Equal((0, 0, 1), Used());
    }

    [Fact]
    public async Task What_Prism_itself_refuses_is_no_request_either()
    {
        var account = await AdmitAsync();
        using (account.Open())
        {
            account.OnEnded(Refusal);
        }

        Assert.Equal((0, 0, 0), Used());
    }

    [Fact]
    public async Task What_a_provider_fails_is_a_request_that_cost_nothing()
    {
        var account = await AdmitAsync();
        using (account.Open())
        {
            account.OnCalled();
            account.OnEnded(Failure);
        }

        Assert.Equal((0, 0, 1), Used());
    }

    [Fact]
    public async Task Who_leaves_while_nobody_can_say_what_the_call_takes_is_charged_the_most_that_it_can()
    {
        var account = await AdmitAsync();
        using (account.Open())
        {
            account.OnCalled();
        }

        Assert.Equal((100, 100, 1), Used());
    }

    [Fact]
    public async Task Who_leaves_before_anybody_was_called_is_charged_a_request()
    {
        var account = await AdmitAsync();
        account.Open().Dispose();

        Assert.Equal((0, 0, 1), Used());
    }

    [Fact]
    public async Task A_flight_that_outlives_its_request_is_charged_when_it_ends_and_once()
    {
        var account = await AdmitAsync();
        var (request, shared) = (account.Open(), account.Open());
        account.OnCalled();

        request.Dispose();
        request.Dispose();
        Assert.Equal((100, 100, 1), Used());
        account.Charge(ChatUsage.Of(5, 5) with { CostUsd = 0.00001m });
        shared.Dispose();
        shared.Dispose();

        Assert.Equal((10, 10, 1), Used());
    }

    [Fact]
    public async Task The_caller_is_told_how_the_keys_limits_stand_beside_the_providers()
    {
        var account = await AdmitAsync();
        using var spending = account.Open();
        var provider = new LimitStatus { Kind = LimitKind.RequestsPerMinute, Limit = 5, Remaining = 4 };

        var marked = account.WithLimits(Route with { Limits = [provider] });

        Assert.Equal(provider, marked.Limits!.Value[0]);
        Assert.Equal(
            [LimitKind.RequestsPerMinute, LimitKind.TokensPerDay, LimitKind.Concurrency, LimitKind.MicroUsdPerMonth],
            marked.Limits.Value.Skip(1).Select(limit => limit.Kind));
    }

    private async Task<KeyReservation> AdmitAsync()
    {
        var admission = await _holder.AdmitAsync(new(100, 100), CancellationToken.None);
        Assert.Null(admission.Denial);
        return new(_holder, admission.Reservation);
    }

    private (long Tokens, long MicroUsd, long Requests) Used()
    {
        var stands = _holder.GetSnapshots();
        return (UsedOf(LimitKind.TokensPerDay), UsedOf(LimitKind.MicroUsdPerMonth), UsedOf(LimitKind.RequestsPerMinute));

        long UsedOf(LimitKind kind) => 1_000 - stands.Single(stand => stand.Kind == kind).Remaining;
    }

    /// <summary>A ledger that hands out all that there is to the first who asks.</summary>
    private sealed class All : ILeaseSource
    {
        public Task<LeaseAnswer> AskAsync(LeaseAsk ask) => Task.FromResult(new LeaseAnswer
        {
            Sequence = ask.Sequence,
            Grants =
            [
                .. ask.Wants.Select(want => new LeaseGrant
                {
                    Kind = want.Kind,
                    Amount = ask.Sequence > 1 ? 0 : want.Kind == LimitKind.Concurrency ? 1 : 1_000,
                    Block = 2,
                    Life = TimeSpan.FromHours(1),
                    Limit = want.Kind == LimitKind.Concurrency ? 1 : 1_000,
                }),
            ],
        });
    }
}
