using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Prism.Tests.Service;

/// <summary>What a client may try, and does not get.</summary>
public sealed class AbuseTests
{
    private static readonly TimeSpan Deadline = Patience.Limit;

    private static readonly string[] Vendors = ["openai", "anthropic", "ollama"];

    [Fact]
    public async Task An_image_is_never_fetched()
    {
        await using var elsewhere = await ScriptedUpstream.StartAsync();
        await using var upstream = await ScriptedUpstream.StartAsync(AnswerAsync);
        await using var prism = await StartAsync(upstream);
        var image = elsewhere.Url + "/cat.png";

        foreach (var provider in Vendors.Append("echo"))
        {
            using var response = await prism.PostAsync(
                "/v1/chat/completions?provider=" + provider,
                $$$"""{"messages":[{"role":"user","content":[{"type":"text","text":"What is it?"},{"type":"image_url","image_url":{"url":"{{{image}}}"}}]}]}""");

            Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.BadRequest, $"{provider}: {response.StatusCode}");
        }

        Assert.Empty(elsewhere.Received);
        // Passed on as it is where the vendor takes it, and refused where not.
        Assert.Contains(upstream.Received, request => request.Path == "/chat/completions" && request.Body.Contains(image, StringComparison.Ordinal));
        Assert.DoesNotContain(upstream.Received, request => request.Path == "/api/chat");
    }

    [Fact]
    public async Task Nothing_in_a_request_says_where_it_goes()
    {
        await using var elsewhere = await ScriptedUpstream.StartAsync();
        await using var upstream = await ScriptedUpstream.StartAsync(AnswerAsync);
        await using var prism = await StartAsync(upstream);
        var url = elsewhere.Url;
        string[] bodies =
        [
            $$$"""{"messages":[{"role":"user","content":"Hi"}],"base_url":"{{{url}}}","api_base":"{{{url}}}","endpoint":"{{{url}}}","url":"{{{url}}}"}""",
            $$$"""{"model":"{{{url}}}/v1/x","messages":[{"role":"user","content":"Hi"}]}""",
            $$$"""{"model":"openai/../../{{{url}}}","messages":[{"role":"user","content":"{{{url}}}"}]}""",
            $$$"""{"model":"@{{{new Uri(url).Authority}}}/x","messages":[{"role":"user","content":"Hi"}]}""",
        ];
        foreach (var path in new[] { "/v1/chat?provider=openai", "/v1/chat?provider=ollama", "/v1/chat?provider=" + Uri.EscapeDataString(url), "/v1/chat?base_url=" + Uri.EscapeDataString(url) })
        {
            foreach (var body in bodies)
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, path)
                {
                    Content = new StringContent(body, Encoding.UTF8, "application/json"),
                    Headers = { { "x-base-url", url }, { "x-forwarded-host", new Uri(url).Authority }, { "forwarded", "host=" + new Uri(url).Authority } },
                };
                request.Headers.Host = new Uri(url).Authority;
                using var response = await prism.Http.SendAsync(request);
            }
        }

        Assert.Empty(elsewhere.Received);
        Assert.NotEmpty(upstream.Received);
        Assert.All(upstream.Received, request => Assert.True(request.Path is "/chat/completions" or "/api/chat", request.Path));
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var elsewhere = await ScriptedUpstream.StartAsync();
        await using var upstream = await ScriptedUpstream.StartAsync(
            call => call.JsonAsync("{}", 307, ("Location", elsewhere.Url + call.Request.Path)));
        await using var prism = await StartAsync(upstream);

        foreach (var provider in Vendors)
        {
            using var whole = await prism.PostAsync("/v1/chat?provider=" + provider, """{"messages":[{"role":"user","content":"Hi"}]}""");
            using var stream = await prism.PostAsync("/v1/chat?provider=" + provider, """{"messages":[{"role":"user","content":"Hi"}],"stream":true}""");

            Assert.Equal((HttpStatusCode.BadGateway, HttpStatusCode.BadGateway), (whole.StatusCode, stream.StatusCode));
            Assert.DoesNotContain(elsewhere.Url, await whole.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Assert.Equal(2 * Vendors.Length, upstream.Received.Count);
        Assert.Empty(elsewhere.Received);
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused_with_an_error_object()
    {
        await using var prism = await PrismService.StartAsync(("LLM_MAX_BODY_BYTES", "1000"));

        using var response = await prism.PostAsync("/v1/chat", $$$"""{"messages":[{"role":"user","content":"{{{new string('x', 1000)}}}"}]}""");

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        var error = (await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync())).RootElement.GetProperty("error");
        Assert.Equal("request_too_large", error.GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_client_that_reads_nothing_gives_back_what_it_holds()
    {
        var left = new TaskCompletionSource();
        await using var upstream = await ScriptedUpstream.StartAsync(async call =>
        {
            if (!call.Request.Body.Contains("endless", StringComparison.Ordinal))
            {
                await AnswerAsync(call);
                return;
            }

            await call.StartStreamAsync();
            // With its usage, so that megabytes need not be counted before the call is over.
            var piece = Vendor.OpenAi.TextStream[0]
                .Replace("Hello", new string('x', 8192), StringComparison.Ordinal)
                .Replace("\"choices\"", "\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1,\"total_tokens\":2},\"choices\"", StringComparison.Ordinal);
            while (!call.ClientLeft.IsCancellationRequested)
            {
                await call.WriteAsync(piece);
            }

            left.SetResult();
        });
        await using var prism = await StartAsync(
            upstream, ("LLM_STREAM_WRITE_TIMEOUT", "0.3"), ("LLM_OPENAI_MAX_CONCURRENCY", "1"), ("LLM_OPENAI_QUEUE_TIMEOUT_MS", "180000"));
        using var client = new TcpClient { ReceiveBufferSize = 8192 };
        await client.ConnectAsync(prism.Url.Host, prism.Url.Port);
        const string Body = """{"messages":[{"role":"user","content":"endless"}],"stream":true}""";
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /v1/chat?provider=openai HTTP/1.1\r\nHost: prism\r\nContent-Type: application/json\r\nContent-Length: {Body.Length}\r\n\r\n{Body}"));

        await left.Task.WaitAsync(Deadline);

        Assert.Contains("llm_stalled_streams_total 1\n", await prism.Http.GetStringAsync("/metrics"), StringComparison.Ordinal);
        // There is one place at the provider, and it comes free with the end of the call.
        using var next = await prism.PostAsync("/v1/chat?provider=openai", """{"messages":[{"role":"user","content":"Hi"}]}""");
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_that_leaves_in_the_middle_of_its_body_is_one_line(bool reset)
    {
        await using var prism = await PrismService.StartAsync();
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(prism.Url.Host, prism.Url.Port);
            await client.GetStream().WriteAsync(
                "POST /v1/chat HTTP/1.1\r\nHost: prism\r\nExpect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n"u8.ToArray());
            // The server has begun to wait for the body.
            Assert.NotEqual(0, await client.GetStream().ReadAsync(new byte[100]).AsTask().WaitAsync(Deadline));
            client.Client.Close(reset ? 0 : -1);
        }

        var lines = (await prism.StopAsync()).Split('\n').Where(line => line.Contains("Connection id", StringComparison.Ordinal)
            || line.Contains("/v1/chat", StringComparison.Ordinal)).ToList();

        var only = Assert.Single(lines);
        Assert.DoesNotContain("\"@l\"", only, StringComparison.Ordinal);
        Assert.DoesNotContain("\"@x\"", only, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_answer_has_the_security_headers_and_none_says_what_serves_it()
    {
        await using var prism = await PrismService.StartAsync(("LLM_DASHBOARD_ENABLED", "true"));

        foreach (var path in new[] { "/v1/chat", "/v1/models", "/healthz", "/health", "/admin/usage", "/metrics", "/docs", "/nowhere", "/dashboard/", new Uri(prism.MetricsUrl, "/metrics").ToString() })
        {
            using var response = await prism.Http.GetAsync(path);

            Assert.Equal("nosniff", Header("x-content-type-options"));
            Assert.Equal("DENY", Header("x-frame-options"));
            Assert.Equal("no-referrer", Header("referrer-policy"));
            Assert.Equal("same-origin", Header("cross-origin-resource-policy"));
            Assert.StartsWith(path == "/dashboard/" ? "default-src 'self';" : "default-src 'none';", Header("content-security-policy"), StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", Header("content-security-policy"), StringComparison.Ordinal);
            Assert.Equal(
                path.StartsWith("/v1", StringComparison.Ordinal) || path is "/health" or "/admin/usage", Header("cache-control") == "no-store");
            Assert.Null(Header("server"));
            Assert.Null(Header("x-powered-by"));

            string? Header(string name) => response.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;
        }
    }

    [Fact]
    public async Task An_answer_that_no_browser_opens_has_no_headers_for_browsers()
    {
        await using var prism = await PrismService.StartAsync();

        using var response = await prism.PostAsync("/v1/chat?provider=echo", """{"messages":[{"role":"user","content":"Hi"}]}""");

        Assert.Equal(["nosniff"], response.Headers.GetValues("x-content-type-options"));
        Assert.Equal(["no-store"], response.Headers.GetValues("cache-control"));
        foreach (var name in new[] { "x-frame-options", "referrer-policy", "cross-origin-resource-policy", "content-security-policy" })
        {
            Assert.False(response.Headers.Contains(name), name);
        }
    }

    private static Task AnswerAsync(UpstreamCall call) => (call.Request.Path switch
    {
        "/api/chat" => Vendor.Ollama,
        "/v1/messages" => Vendor.Anthropic,
        _ => Vendor.OpenAi,
    }).AnswerAsync(call);

    private static Task<PrismService> StartAsync(ScriptedUpstream upstream, params (string Name, string Value)[] more) => PrismService.StartAsync(
    [
        ("LLM_OPENAI_API_KEY", "sk-0123456789"),
        ("LLM_OPENAI_BASE_URL", upstream.Url),
        ("LLM_ANTHROPIC_API_KEY", "sk-0123456789"),
        ("LLM_ANTHROPIC_BASE_URL", upstream.Url),
        ("LLM_OLLAMA_BASE_URL", upstream.Url),
        .. more,
    ]);
}
