using System.Net;
using System.Net.Sockets;
using Prism.Chat;

namespace Prism.Tests.Upstream;

/// <summary>Calls that get no answer at all.</summary>
public sealed class UnreachableTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_refused_connection_is_unreachable(bool stream)
    {
        // Bound and not listening: nobody else can take the port.
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var provider = new ProviderUnderTest("http://" + socket.LocalEndPoint);

        var error = await provider.FailAsync(stream);

        Assert.Equal(ChatErrorKind.UpstreamUnreachable, error.Kind);
        Assert.Equal("Provider 'up' could not be reached.", error.Message);
        Assert.Equal("up", error.Provider);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_connection_that_is_not_made_in_time_is_a_connect_timeout(bool stream)
    {
        using var provider = new ProviderUnderTest("http://127.0.0.1:1", configure: handler =>
        {
            handler.ConnectTimeout = TimeSpan.FromMilliseconds(1);
            handler.ConnectCallback = async (_, cancellationToken) =>
            {
                await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
                return Stream.Null;
            };
        });

        Assert.Equal(ChatErrorKind.UpstreamConnectTimeout, (await provider.FailAsync(stream)).Kind);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Failing_tls_is_unreachable(bool stream)
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
