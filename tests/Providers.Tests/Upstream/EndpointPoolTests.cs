using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Prism.Grains.Interfaces.Chat;
using Prism.Providers;
using Prism.Providers.Addressing;
using Prism.Providers.Upstream;

namespace Prism.Tests.Upstream;

/// <summary>Which of several keys or addresses a call goes to.</summary>
public sealed class EndpointPoolTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Calls_one_after_another_go_round()
    {
        var pool = Pool(3);

        Assert.Equal([2, 3, 1, 2, 3, 1], Enumerable.Range(0, 6).Select(_ => TakeAndReturn(pool)));
    }

    [Fact]
    public void A_call_goes_to_the_one_with_the_fewest_under_way()
    {
        var pool = Pool(3);
        var (first, second, third) = (pool.Reserve(), pool.Reserve(), pool.Reserve());

        second.Dispose();
        Assert.Same(second, pool.Reserve());
        third.Dispose();
        Assert.Same(third, pool.Reserve());
        first.Dispose();
        Assert.Same(first, pool.Reserve());
    }

    [Theory]
    [InlineData(ChatErrorKind.RateLimited, 7, 7)]
    [InlineData(ChatErrorKind.RateLimited, null, 5)]
    [InlineData(ChatErrorKind.QuotaExceeded, null, 60)]
    [InlineData(ChatErrorKind.UpstreamCredentialsRefused, null, 300)]
    [InlineData(ChatErrorKind.UpstreamUnreachable, null, 5)]
    [InlineData(ChatErrorKind.UpstreamConnectTimeout, null, 5)]
    public void One_that_failed_is_left_alone_for_a_while_and_another_is_there_at_once(ChatErrorKind kind, int? asked, int seconds)
    {
        var pool = Pool(2);
        var failed = pool.Reserve();

        var error = pool.OnFailed(failed, Error(kind, asked));
        failed.Dispose();

        Assert.Equal(TimeSpan.Zero, error.RetryAfter);
        _time.Advance(TimeSpan.FromSeconds(seconds - 1));
        Assert.All(Enumerable.Range(0, 4), _ => Assert.NotEqual(failed.Number, TakeAndReturn(pool)));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, Enumerable.Range(0, 4).Select(_ => TakeAndReturn(pool)).Distinct().Count());
    }

    [Theory]
    [InlineData(ChatErrorKind.InvalidRequest)]
    [InlineData(ChatErrorKind.UpstreamServerError)]
    [InlineData(ChatErrorKind.UpstreamFirstTokenTimeout)]
    public void What_is_not_of_a_key_or_an_address_parks_none(ChatErrorKind kind)
    {
        var pool = Pool(2);
        var error = Error(kind, null);

        Assert.Same(error, pool.OnFailed(pool.Reserve(), error));
    }

    [Fact]
    public void Only_when_all_are_rate_limited_the_provider_is_and_until_the_first_is_not()
    {
        var pool = Pool(3);
        var endpoints = Enumerable.Range(0, 3).Select(_ => pool.Reserve()).ToList();

        var errors = new[] { 30, 20, 40 }.Select((asked, i) => pool.OnFailed(endpoints[i], Error(ChatErrorKind.RateLimited, asked))).ToList();

        Assert.Equal([0, 0, 20], errors.Select(error => error.RetryAfter!.Value.TotalSeconds));
        endpoints.ForEach(endpoint => endpoint.Dispose());
        Assert.Equal(endpoints[1].Number, TakeAndReturn(pool));
    }

    [Fact]
    public void Of_one_there_is_nothing_to_choose()
    {
        var pool = Pool(1);
        var error = Error(ChatErrorKind.RateLimited, 7);

        Assert.Same(error, pool.OnFailed(pool.Reserve(), error));
        Assert.Equal(1, pool.Reserve().Number);
    }

    private EndpointPool Pool(int keys)
    {
        var options = new ProviderOptions
        {
            Name = "up",
            BaseUrl = "https://up.test",
            ApiKey = string.Join(',', Enumerable.Range(1, keys).Select(number => $"key-{number}")),
        };
        return new(options, new FixedPath("chat/completions"), _time, NullLogger.Instance);
    }

    private static int TakeAndReturn(EndpointPool pool)
    {
        using var endpoint = pool.Reserve();
        return endpoint.Number;
    }

    private static ChatError Error(ChatErrorKind kind, int? retryAfter) => new()
    {
        Kind = kind,
        Message = "No.",
        Provider = "up",
        RetryAfter = retryAfter is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
    };
}
