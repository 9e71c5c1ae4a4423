using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Prism.Tests.Server;

/// <summary>What the web server takes from a client before there is a request.</summary>
public sealed class KestrelLimitsTests
{
    private static readonly TimeSpan Deadline = Patience.Limit;

    [Fact]
    public async Task A_client_that_does_not_finish_its_headers_is_let_go()
    {
        // Long enough for a busy machine to read what is sent before it is over: one that has sent nothing is closed without a word.
        await using var app = SiloHost.Build(SiloHost.Ports(("LLM_HEADERS_TIMEOUT", "5")));
        await app.StartAsync();
        using var client = await ConnectAsync(app.Addresses()[0]);
        await client.GetStream().WriteAsync("GET / HTTP/1.1\r\nHost: prism\r\nx-slow: "u8.ToArray());

        Assert.StartsWith("HTTP/1.1 408 ", await ReadToEndAsync(client), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_connection_that_sends_nothing_is_ended_as_one_that_does_not_finish_its_headers(int port)
    {
        await using var app = SiloHost.Build(SiloHost.Ports(("LLM_HEADERS_TIMEOUT", "0.2")));
        await app.StartAsync();
        using var client = await ConnectAsync(app.Addresses()[port]);

        Assert.Equal("", await ReadToEndAsync(client));
    }

    [Fact]
    public async Task A_connection_too_many_is_closed_and_the_other_port_still_answers()
    {
        await using var app = SiloHost.Build(SiloHost.Ports(("LLM_MAX_CONNECTIONS", "1")), map: app => app.MapGet("/", () => "here"));
        await app.StartAsync();
        using var first = await ConnectAsync(app.Addresses()[0]);
        await AskAsync(first, "/");
        using var second = await ConnectAsync(app.Addresses()[0]);
        using var scraper = new HttpClient();

        Assert.Equal("", await ReadToEndAsync(second));
        Assert.Contains("process_cpu_seconds_total", await scraper.GetStringAsync(new Uri(app.Addresses()[1], "/metrics")), StringComparison.Ordinal);
        await AskAsync(first, "/");
    }

    [Fact]
    public async Task The_limits_are_those_of_the_settings()
    {
        await using var app = SiloHost.Build(SiloHost.Ports(
            ("LLM_MAX_BODY_BYTES", "1000"), ("LLM_MIN_DATA_RATE", "500"), ("LLM_STREAM_WRITE_TIMEOUT", "60"), ("LLM_MAX_CONNECTIONS", "77")));
        var limits = app.Get<KestrelServerOptions>().Limits;

        Assert.Equal((1000, 77, 64 * 1024), (limits.MaxRequestBodySize, limits.MaxConcurrentConnections, limits.MaxResponseBufferSize));
        Assert.Equal(64 * 1024, limits.MaxRequestBufferSize);
        Assert.Equal(TimeSpan.FromSeconds(10), limits.RequestHeadersTimeout);
        Assert.Equal((500, TimeSpan.FromSeconds(5)), (limits.MinRequestBodyDataRate!.BytesPerSecond, limits.MinRequestBodyDataRate.GracePeriod));
        Assert.Equal((500, TimeSpan.FromSeconds(60)), (limits.MinResponseDataRate!.BytesPerSecond, limits.MinResponseDataRate.GracePeriod));
    }

    private static async Task<TcpClient> ConnectAsync(Uri address)
    {
        var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        return client;
    }

    // One whole exchange, so that the connection counts.
    private static async Task AskAsync(TcpClient client, string path)
    {
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: prism\r\n\r\n"));
        using var reader = new StreamReader(stream, leaveOpen: true);
        Assert.Equal("HTTP/1.1 200 OK", await reader.ReadLineAsync().WaitAsync(Deadline));
        while (await reader.ReadLineAsync().WaitAsync(Deadline) != "0")
        {
        }
    }

    private static async Task<string> ReadToEndAsync(TcpClient client)
    {
        using var reader = new StreamReader(client.GetStream(), leaveOpen: true);
        try
        {
            return await reader.ReadToEndAsync().WaitAsync(Deadline);
        }
        catch (IOException)
        {
            // Reset, which is also an end.
            return "";
        }
    }
}
