using Prism.Grains.Interfaces.Chat;
using Prism.Pipeline.Attempts;
using static Prism.Tests.Chat.ScriptedProvider;

namespace Prism.Tests.Attempts;

/// <summary>What is tried again, and when.</summary>
public sealed class RetryPolicyTests
{
    private static readonly AttemptOptions Options = new() { MaxRetries = 20, RetryBackoff = TimeSpan.FromMilliseconds(100) };

    private readonly RetryPolicy _policy = new(new(7));

    [Theory]
    [InlineData(ChatErrorKind.UpstreamUnreachable, null, true)]
    [InlineData(ChatErrorKind.UpstreamConnectTimeout, null, true)]
    [InlineData(ChatErrorKind.UpstreamFirstTokenTimeout, null, true)]
    [InlineData(ChatErrorKind.UpstreamFirstTokenTimeout, 408, true)]
    [InlineData(ChatErrorKind.UpstreamBrokenOff, null, true)]
    [InlineData(ChatErrorKind.RateLimited, 429, true)]
    [InlineData(ChatErrorKind.UpstreamServerError, 500, true)]
    [InlineData(ChatErrorKind.UpstreamServerError, 503, true)]
    [InlineData(ChatErrorKind.UpstreamServerError, 529, true)]
    [InlineData(ChatErrorKind.UpstreamServerError, null, true)]
    [InlineData(ChatErrorKind.UpstreamServerError, 302, false)]
    [InlineData(ChatErrorKind.UpstreamServerError, 409, false)]
    [InlineData(ChatErrorKind.UpstreamInvalidResponse, null, false)]
    [InlineData(ChatErrorKind.UpstreamCredentialsRefused, 401, false)]
    [InlineData(ChatErrorKind.QuotaExceeded, 429, false)]
    [InlineData(ChatErrorKind.InvalidRequest, 400, false)]
    [InlineData(ChatErrorKind.ModelNotFound, 404, false)]
    [InlineData(ChatErrorKind.RequestTooLarge, 413, false)]
    [InlineData(ChatErrorKind.Unprocessable, 422, false)]
    [InlineData(ChatErrorKind.Internal, null, false)]
    public void Only_what_may_pass_is_tried_again(ChatErrorKind kind, int? status, bool isRetried) =>
        Assert.Equal(isRetried, _policy.PauseBefore(Options, Failure(kind) with { UpstreamStatus = status }, 0) is not null);

    [Theory]
    [InlineData(ChatErrorKind.RateLimited)]
    [InlineData(ChatErrorKind.Overloaded)]
    [InlineData(ChatErrorKind.UpstreamUnavailable)]
    public void What_was_refused_on_this_side_is_not_tried_again(ChatErrorKind kind) =>
        Assert.Null(_policy.PauseBefore(Options, Failure(kind, provider: null), 0));

    [Fact]
    public void No_more_retries_than_allowed()
    {
        var policy = new RetryPolicy(new(7));
        var error = Failure(ChatErrorKind.UpstreamServerError);

        Assert.Equal([true, true, false], new[] { 0, 1, 2 }.Select(retries => policy.PauseBefore(new() { MaxRetries = 2 }, error, retries) is not null));
    }

    [Fact]
    public void Pauses_are_anywhere_up_to_a_bound_that_doubles_until_it_is_8_seconds()
    {
        var bounds = new[] { 100, 200, 400, 800, 1_600, 3_200, 6_400, 8_000, 8_000 };
        for (var retries = 0; retries < bounds.Length; retries++)
        {
            var pauses = Enumerable.Range(0, 1_000)
                .Select(_ => _policy.PauseBefore(Options, Failure(ChatErrorKind.UpstreamUnreachable), retries)!.Value.TotalMilliseconds).ToList();

            Assert.InRange(pauses.Max(), bounds[retries] * 0.95, bounds[retries]);
            Assert.InRange(pauses.Min(), 0, bounds[retries] * 0.05);
            Assert.InRange(pauses.Average(), bounds[retries] * 0.45, bounds[retries] * 0.55);
        }
    }

    [Fact]
    public void A_provider_that_names_a_time_is_not_asked_before_it()
    {
        var error = Failure(ChatErrorKind.RateLimited) with { RetryAfter = TimeSpan.FromSeconds(3) };

        Assert.All(
            Enumerable.Range(0, 100).Select(_ => _policy.PauseBefore(Options, error, 0)!.Value.TotalSeconds), pause => Assert.InRange(pause, 3.05, 3.15));
    }

    [Fact]
    public void A_time_that_is_too_far_away_is_not_waited_for() =>
        Assert.Null(_policy.PauseBefore(Options, Failure(ChatErrorKind.RateLimited) with { RetryAfter = TimeSpan.FromSeconds(10.1) }, 0));

    [Theory]
    [InlineData(ChatErrorKind.RateLimited)]
    [InlineData(ChatErrorKind.UpstreamCredentialsRefused)]
    [InlineData(ChatErrorKind.QuotaExceeded)]
    [InlineData(ChatErrorKind.UpstreamUnreachable)]
    public void A_provider_that_has_another_key_or_address_is_asked_at_once(ChatErrorKind kind) =>
        Assert.Equal(TimeSpan.Zero, _policy.PauseBefore(Options, Failure(kind) with { RetryAfter = TimeSpan.Zero }, 0));
}
