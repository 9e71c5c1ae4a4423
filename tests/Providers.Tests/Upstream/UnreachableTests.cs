using Prism.Grains.Interfaces.Chat;

namespace Prism.Tests.Upstream;

/// <summary>Calls that get no answer at all.</summary>
public sealed class UnreachableTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_server_that_speaks_no_tls_is_unreachable(bool stream)
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        using var provider = new ProviderUnderTest(upstream.Url.Replace("http:", "https:", StringComparison.Ordinal));

        Assert.Equal(ChatErrorKind.UpstreamUnreachable, (await provider.FailAsync(stream)).Kind);
        Assert.Empty(upstream.Received);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_connection_that_closes_before_an_answer_is_unreachable(bool stream, bool reset)
    {
        await using var upstream = new RawUpstream("", reset);
        using var provider = new ProviderUnderTest(upstream.Url);

        Assert.Equal(ChatErrorKind.UpstreamUnreachable, (await provider.FailAsync(stream)).Kind);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_not_http_is_an_invalid_response(bool stream)
    {
        await using var upstream = new RawUpstream("SSH-2.0-OpenSSH_9.6\r\n\r\n");
        using var provider = new ProviderUnderTest(upstream.Url);

        Assert.Equal(ChatErrorKind.UpstreamInvalidResponse, (await provider.FailAsync(stream)).Kind);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Headers_without_end_are_an_invalid_response(bool stream)
    {
        await using var upstream = new RawUpstream("HTTP/1.1 200 OK\r\nx: " + new string('x', 100_000));
        using var provider = new ProviderUnderTest(upstream.Url);

        Assert.Equal(ChatErrorKind.UpstreamInvalidResponse, (await provider.FailAsync(stream)).Kind);
    }
}
