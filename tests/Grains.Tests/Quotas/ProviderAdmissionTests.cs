using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;
using Prism.Pipeline;
using Prism.Pipeline.Admission;
using Prism.Providers;
using Prism.Tests.Chat;

namespace Prism.Tests.Quotas;

/// <summary>The pipeline's entry, over a real cluster.</summary>
public sealed class ProviderAdmissionTests
{
    private static readonly ChatError Refused = new() { Kind = ChatErrorKind.RateLimited, Message = "No.", Provider = "echo" };

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_limit_holds_over_all_silos_and_says_when_to_come_back()
    {
        await using var cluster = await LimitsCluster.StartAsync(silos: 2, options => options.RequestsPerMinute = 6);
        var errors = new List<ChatError>();
        for (var i = 0; i < 10; i++)
        {
            using var admitted = (await AdmitAsync(cluster, silo: i % 2)) switch
            {
                { Error: { } error } => Add(error),
                var call => call.Reservation,
            };
        }

        Assert.InRange(errors.Count, 4, 10 - 3);
        Assert.All(errors, error =>
        {
            Assert.Equal(ChatErrorKind.RateLimited, error.Kind);
            Assert.Contains("6 requests per minute", error.Message, StringComparison.Ordinal);
            Assert.InRange(error.RetryAfter!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(85));
        });

        ProviderReservation Add(ChatError error)
        {
            errors.Add(error);
            return default;
        }
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task What_a_call_did_not_use_of_its_reservation_others_can_use()
    {
        await using var cluster = await LimitsCluster.StartAsync(
            silos: 1, options => (options.TokensPerDay, options.DefaultMaxTokens) = (3_000, 1_000));
        for (var i = 0; i < 20; i++)
        {
            using var reservation = (await AdmitAsync(cluster)).Reservation;
            reservation.Settle(ChatUsage.Of(20, 80));
        }

        var next = await AdmitAsync(cluster);
        Assert.Equal(ChatErrorKind.QuotaExceeded, next.Error!.Kind);
        Assert.Matches(@"^The budget of 3000 tokens per day \(UTC\) for provider 'echo' is used up; it resets at \d{4}-\d\d-\d\dT(00:00:0\d|23:59:5\d)Z\.$", next.Error.Message);
        Assert.InRange(next.Error.RetryAfter!.Value, TimeSpan.Zero, TimeSpan.FromDays(1));
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_call_without_an_output_cap_gets_one_where_tokens_are_limited()
    {
        await using var cluster = await LimitsCluster.StartAsync(
            silos: 1, options => (options.TokensPerMinute, options.DefaultMaxTokens) = (100_000, 321));

        Assert.Equal(321, (await AdmitAsync(cluster)).Call.Request.Canonical.MaxTokens);
        Assert.Equal(7, (await AdmitAsync(cluster, maxTokens: 7)).Call.Request.OutputTokenLimit);
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_call_that_never_fits_is_told_so()
    {
        await using var cluster = await LimitsCluster.StartAsync(silos: 1, options => options.TokensPerMinute = 100);
        var error = (await AdmitAsync(cluster, maxTokens: 200)).Error!;

        Assert.Equal(ChatErrorKind.RequestTooLarge, error.Kind);
        Assert.Null(error.RetryAfter);
        Assert.Contains("limited to 100 tokens per minute", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_provider_without_limits_is_not_asked_about_and_its_calls_are_sent_as_they_are()
    {
        await using var cluster = await LimitsCluster.StartAsync(silos: 1, _ => { });
        var call = MakeCall(cluster, 0, null);
        var admission = cluster.Get<ProviderAdmission>(0).AdmitAsync(call, CancellationToken.None);

        Assert.True(admission.IsCompletedSuccessfully);
        Assert.Same(call.Request, (await admission).Call.Request);
        Assert.Empty((await cluster.Echo.GetStatusAsync()).Silos);
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_silo_that_is_told_to_leave_the_provider_alone_does_so_at_once()
    {
        await using var cluster = await LimitsCluster.StartAsync(silos: 1, _ => { });
        var call = MakeCall(cluster, 0, null);
        cluster.Get<ProviderAdmission>(0).OnFailed(call, Refused with { RetryAfter = TimeSpan.FromMinutes(10) });
        var error = (await AdmitAsync(cluster)).Error!;

        Assert.Equal(ChatErrorKind.RateLimited, error.Kind);
        Assert.InRange(error.RetryAfter!.Value, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(10));
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task What_one_silo_is_told_by_the_provider_all_that_use_it_know()
    {
        // Tokens that are not used go back to their block: the other silo never needs to ask again, so it can only be told.
        await using var cluster = await LimitsCluster.StartAsync(
            silos: 2, options => (options.TokensPerMinute, options.DefaultMaxTokens) = (1_000_000_000, 10));
        (await AdmitAsync(cluster, silo: 1)).Reservation.Settle(Refused);
        cluster.Get<ProviderAdmission>(0).OnFailed(MakeCall(cluster, 0, null), Refused with { RetryAfter = TimeSpan.FromMinutes(10) });
        ChatError? error = null;
        await Until.TrueAsync("the other silo is told", async () =>
        {
            var next = await AdmitAsync(cluster, silo: 1);
            error = next.Error;
            if (error is null)
            {
                next.Reservation.Settle(Refused);
            }

            return error is not null;
        });

        Assert.Equal(ChatErrorKind.RateLimited, error!.Kind);
        Assert.InRange(error.RetryAfter!.Value, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(10));
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_silo_that_stops_returns_what_it_holds()
    {
        await using var cluster = await LimitsCluster.StartAsync(
            silos: 2,
            options => (options.TokensPerDay, options.MaxConcurrency, options.DefaultMaxTokens) = (1_000_000, 10, 100),
            // Orleans' storage in memory would stop with its silo.
            new FaultyGrainStorage());
        (await AdmitAsync(cluster, silo: 1)).Reservation.Settle(ChatUsage.Of(10, 40));
        Assert.NotEqual(0, (await cluster.Echo.GetStatusAsync()).Limits.Sum(limit => limit.Outstanding));
        await cluster.StopAsync(1);

        Assert.Collection(
            (await cluster.Echo.GetStatusAsync()).Limits,
            day => Assert.Equal((1_000_000 - 50, 0), (day.Remaining, day.Outstanding)),
            permits => Assert.Equal((10, 0), (permits.Remaining, permits.Outstanding)));
    }

    private static ValueTask<AdmittedCall> AdmitAsync(LimitsCluster cluster, int silo = 0, int? maxTokens = null) =>
        cluster.Get<ProviderAdmission>(silo).AdmitAsync(MakeCall(cluster, silo, maxTokens), CancellationToken.None);

    private static ChatCall MakeCall(LimitsCluster cluster, int silo, int? maxTokens)
    {
        var providers = cluster.Get<ProviderRegistry>(silo);
        var request = new ChatRequest { Model = "echo-v1", Messages = [ChatMessage.Create(ChatRoles.User, "hello there")], MaxTokens = maxTokens };
        return new(providers.Find("echo")!, CallRequest.Of(request), new() { Provider = "echo", Model = "echo-v1" })
        {
            Plan = new(ChatTarget.Of(providers.Find("echo")!)),
            Snapshot = TestPipeline.SnapshotsOf(providers).Current,
        };
    }
}
