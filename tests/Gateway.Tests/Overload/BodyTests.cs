using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Prism.Grains.Interfaces.Memory;
using Prism.Pipeline;
using Serilog.Events;

namespace Prism.Tests.Overload;

/// <summary>Bodies that come slowly, not at all, too many at a time, or broken, and answers that are not taken.</summary>
public sealed class BodyTests : IAsyncLifetime
{
    private const int Budget = 4 * 1024 * 1024;
    private const int LargestBody = 8 * 1024 * 1024;

    private GatewayHost _host = null!;

    public async Task InitializeAsync()
    {
        _host = await GatewayHost.StartAsync(services =>
        {
            services.Configure<OverloadOptions>(overload =>
                (overload.MaxConcurrentRequests, overload.MaxQueuedRequests, overload.MemoryBudget) = (1, 0, Budget));
            services.Configure<KestrelServerOptions>(kestrel => kestrel.Limits.MaxRequestBodySize = LargestBody);
        });
        _host.Chat.Answer(Answers.Text("Hi"));
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Bodies_that_are_on_their_way_keep_nobody_out()
    {
        var slow = new List<RawClient>();
        for (var i = 0; i < 20; i++)
        {
            var client = RawClient.Connect(_host);
            slow.Add(client);
            await BeginAsync(client, GatewayHost.Hello.Length, GatewayHost.Hello[..10]);
        }

        for (var i = 0; i < 3; i++)
        {
            using var answer = await _host.PostAsync("/v1/chat", GatewayHost.Hello);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            await _host.Log.NextRequestAsync();
        }

        await slow[0].SendAsync(GatewayHost.Hello[10..]);
        Assert.StartsWith("HTTP/1.1 200 ", await slow[0].ReadToEndAsync(), StringComparison.Ordinal);
        slow.ForEach(client => client.Dispose());
    }

    [Theory]
    [InlineData("/v1/chat")]
    [InlineData("/v1/chat/completions")]
    [InlineData("/v1/runs")]
    [InlineData("/admin/keys")]
    public async Task A_body_has_a_time_in_all(string path)
    {
        using var client = RawClient.Connect(_host);
        await BeginAsync(client, 1_000, "{", path);

        var answer = client.ReadToEndAsync();
        while (!answer.IsCompleted)
        {
            _host.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        var text = await answer;
        Assert.StartsWith("HTTP/1.1 408 ", text, StringComparison.Ordinal);
        Assert.Contains("Connection: close", text, StringComparison.Ordinal);
        var error = GatewayTest.ReadError(text[text.IndexOf('{', StringComparison.Ordinal)..]);
        Assert.Equal(("invalid_request_error", "request_timeout"), (error.Type, error.Code));
    }

    [Fact]
    public async Task What_is_announced_costs_nothing_and_what_has_come_does_until_its_client_leaves()
    {
        var announced = Enumerable.Range(0, 50).Select(_ => RawClient.Connect(_host)).ToList();
        foreach (var client in announced)
        {
            await BeginAsync(client, LargestBody, "{");
        }

        using var large = RawClient.Connect(_host);
        await BeginAsync(large, LargestBody, new string(' ', 1_000_000));
        var memory = _host.Get<MemoryBudget>();
        while (memory.Held < 2_800_000)
        {
            await Task.Yield();
        }

        using (var refused = await _host.PostAsync("/v1/chat", Large))
        {
            Assert.Equal("1", GatewayTest.HeaderOf(refused, "retry-after"));
            var error = await GatewayTest.ReadErrorAsync(refused);
            Assert.Equal(("server_error", "overloaded"), (error.Type, error.Code));
        }

        using (var small = await _host.PostAsync("/v1/chat", GatewayHost.Hello))
        {
            Assert.Equal(HttpStatusCode.OK, small.StatusCode);
        }

        large.Dispose();
        while (memory.Held > 1_400_000)
        {
            await Task.Yield();
        }

        using var served = await _host.PostAsync("/v1/chat", Large);
        Assert.Equal(HttpStatusCode.OK, served.StatusCode);
        announced.ForEach(client => client.Dispose());
    }

    [Theory]
    [InlineData("{\"messages\":[", "{}", "]}")]
    [InlineData("{\"x\":[", "[]", "]}")]
    [InlineData("{\"messages\":[{\"role\":\"user\",\"content\":[", "{\"a\":0}", "]}]}")]
    public async Task A_small_body_that_would_be_large_in_memory_is_refused_for_what_it_would_be(string begin, string one, string end)
    {
        var body = begin + string.Join(',', Enumerable.Repeat(one, 20_000)) + end;

        using var answer = await _host.PostAsync("/v1/chat", body);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Equal("request_too_large", (await GatewayTest.ReadErrorAsync(answer)).Code);
    }

    [Fact]
    public async Task A_long_text_with_the_signs_of_JSON_in_it_is_a_text()
    {
        using var answer = await _host.PostAsync(
            "/v1/chat", $$"""{"messages":[{"role":"user","content":"{{string.Concat(Enumerable.Repeat("{},[", 20_000))}}"}]}""");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_that_leaves_in_the_middle_of_its_body_is_one_line(bool reset)
    {
        using (var client = RawClient.Connect(_host))
        {
            await client.SendAsync(
                "POST /v1/chat HTTP/1.1\nHost: prism\nExpect: 100-continue\nContent-Type: application/json\nContent-Length: 1000\n\n");
            // The server has begun to wait for the body.
            Assert.Equal("HTTP/1.1 100 Continue", await client.ReadLineAsync());
            await client.SendAsync("{");
            client.Leave(reset);
        }

        var line = await _host.Log.NextRequestAsync();

        Assert.Equal(LogEventLevel.Information, line.Level);
        Assert.Null(line.Exception);
        Assert.Contains(line.Properties["StatusCode"].ToString(), (string[])["499", "400"]);
        var loud = string.Join('\n', _host.Log.DrainEvents()
            // The service's own log leaves out what the web server says of a rest that it could not read.
            .Where(other => other.Level > LogEventLevel.Information && !other.MessageTemplate.Text.Contains("automatic draining", StringComparison.Ordinal))
            .Select(other => $"{other.RenderMessage(CultureInfo.InvariantCulture)} {other.Exception}"));
        Assert.True(loud.Length == 0, loud);
    }

    [Theory]
    [InlineData("FFFFFFFF")]
    [InlineData("80000000")]
    [InlineData("FFFFFFFFFFFFFFFF")]
    [InlineData("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF")]
    [InlineData("x")]
    [InlineData("-1")]
    public async Task A_chunk_whose_size_is_none_is_a_bad_request(string size)
    {
        using var client = RawClient.Connect(_host);
        await client.SendAsync($"POST /v1/chat HTTP/1.1\nHost: prism\nContent-Type: application/json\nTransfer-Encoding: chunked\nConnection: close\n\n{size}\n{{\n");

        var status = (await client.ReadToEndAsync())[..12];

        Assert.Contains(status, (string[])["HTTP/1.1 400", "HTTP/1.1 413"]);
        Assert.DoesNotContain(_host.Log.Drain(), line => line.Contains("failed", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{\"\u00ff\":1}")]
    [InlineData("{\"a\u00c3\":1}")]
    [InlineData("{\"messages\":[{\"role\":\"user\",\"\u00ed\u00a0\u0080\":1}]}")]
    [InlineData("{\"x\":{\"\u0080\":1}}")]
    [InlineData("{\"x\":\"\u00ff\"}")]
    [InlineData("{\"\\ud800\":1}")]
    [InlineData("{\"x\":{\"\\udc00\":1}}")]
    public async Task What_is_no_text_is_refused(string latin1)
    {
        var bytes = System.Text.Encoding.Latin1.GetBytes(latin1);
        using var content = new ByteArrayContent(bytes) { Headers = { ContentType = new("application/json") } };

        using var answer = await _host.Client.PostAsync(new Uri("/v1/chat", UriKind.Relative), content);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("invalid_request_error", (await GatewayTest.ReadErrorAsync(answer)).Type);
    }

    [Theory]
    [InlineData(256 * 1024 * 1024, 120)]
    [InlineData(Budget, 2)]
    public async Task A_client_that_does_not_take_its_answer_keeps_nobody_out_and_is_let_go(long budget, int seconds)
    {
        await using var host = await GatewayHost.StartAsync(services => services.Configure<OverloadOptions>(overload =>
            (overload.MaxConcurrentRequests, overload.MaxQueuedRequests, overload.MemoryBudget) = (1, 0, budget)));
        host.Chat.Answer(Answers.Text(new string('x', 16 * 1024 * 1024)));
        using var client = RawClient.Connect(host, receiveBuffer: 8 * 1024);
        await BeginAsync(client, GatewayHost.Hello.Length, GatewayHost.Hello);
        await host.Chat.NextCallAsync();
        await client.ReadLineAsync();
        host.Chat.Answer(Answers.Text("Hi"));
        var memory = host.Get<MemoryBudget>();
        await Until.TrueAsync("the answer waits for its client", () => Task.FromResult(memory.Held >= 48 * 1024 * 1024));

        if (budget > Budget)
        {
            using var other = await host.PostAsync("/v1/chat", GatewayHost.Hello);
            Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        }

        host.Time.Advance(TimeSpan.FromSeconds(seconds - 1));
        Assert.InRange(memory.Held, 48 * 1024 * 1024, long.MaxValue);
        await Until.TrueAsync("it is let go", () =>
        {
            // Its timer is set a moment after the memory is counted.
            host.Time.Advance(TimeSpan.FromSeconds(1));
            return Task.FromResult(memory.Held == 0);
        });

        using var next = await host.PostAsync("/v1/chat", GatewayHost.Hello);
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
    }

    private static string Large { get; } = $$"""{"messages":[{"role":"user","content":"{{new string('x', 200_000)}}"}]}""";

    private static Task BeginAsync(RawClient client, int length, string beginning, string path = "/v1/chat") => client.SendAsync(string.Create(
        CultureInfo.InvariantCulture,
        $"POST {path} HTTP/1.1\nHost: prism\nConnection: close\nContent-Type: application/json\nContent-Length: {length}\n\n{beginning}"));
}
