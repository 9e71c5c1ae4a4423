using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Prism.Pipeline;
using Serilog.Events;

namespace Prism.Tests.Json;

/// <summary>Bodies that cannot be read are refused with what is wrong with them and where.</summary>
public sealed class JsonBodyTests : GatewayTest
{
    public static TheoryData<string, string, string> WrongValues => new()
    {
        { """{"model":5}""", "model", "'model' must be a string." },
        { """{"temperature":"hot"}""", "temperature", "'temperature' must be a number." },
        { """{"temperature":1e999}""", "temperature", "'temperature' must be a finite number." },
        { """{"max_tokens":1.5}""", "max_tokens", "'max_tokens' must be a whole number of at most 2147483647." },
        { """{"max_tokens":3000000000}""", "max_tokens", "'max_tokens' must be a whole number of at most 2147483647." },
        { """{"seed":true}""", "seed", "'seed' must be a number." },
        { """{"seed":1.5}""", "seed", "'seed' must be a whole number." },
        { """{"stream":"yes"}""", "stream", "'stream' must be true or false." },
        { """{"stream_options":[]}""", "stream_options", "'stream_options' must be an object." },
        { """{"stream_options":{"include_usage":1}}""", "stream_options.include_usage", "'stream_options.include_usage' must be true or false." },
        { """{"messages":null}""", "messages", "'messages' must be a list." },
        { """{"messages":{}}""", "messages", "'messages' must be a list." },
        { """{"messages":["Hello"]}""", "messages[0]", "'messages[0]' must be an object." },
        { """{"messages":[{"role":"user","content":"a"},{"role":5}]}""", "messages[1].role", "'messages[1].role' must be a string." },
        { """{"messages":[{"content":5}]}""", "messages[0].content", "'messages[0].content' must be a string or a list of parts." },
        { """{"messages":[{"content":["a"]}]}""", "messages[0].content", "'messages[0].content' must be a string or a list of parts." },
        { """{"messages":[{"content":[{"type":"text"},{"type":7}]}]}""", "messages[0].content[1].type", "'messages[0].content[1].type' must be a string." },
        {
            """{"messages":[{"content":[{"image_url":{"url":[]}}]}]}""",
            "messages[0].content[0].image_url.url",
            "'messages[0].content[0].image_url.url' must be a string."
        },
        { """{"messages":[{"content":[{"image_url":"http"}]}]}""", "messages[0].content[0].image_url", "'messages[0].content[0].image_url' must be an object." },
        { """{"messages":[{"tool_calls":[{"function":{"arguments":{}}}]}]}""", "messages[0].tool_calls[0].function.arguments", "'messages[0].tool_calls[0].function.arguments' must be a string." },
        { """{"tools":{}}""", "tools", "'tools' must be a list." },
        { """{"tools":[{"function":{"name":[]}}]}""", "tools[0].function.name", "'tools[0].function.name' must be a string." },
        { """{"stop":5}""", "stop", "'stop' must be a string or a list of strings." },
        { """{"stop":["a",5]}""", "stop", "'stop' must be a string or a list of strings." },
        { """{"variables":"System.String"}""", "variables", "'variables' must be an object." },
        { """{"messages":[{"content":"\ud800"}]}""", "messages[0].content", "'messages[0].content' has text in it that is not valid Unicode." },
        { """{"model":"\ud800"}""", "model", "'model' has text in it that is not valid Unicode." },
        { """{"x":{"y":"\ud800"}}""", "x", "'x' has text in it that is not valid Unicode." },
        { """{"stop":"\ud800"}""", "stop", "'stop' has text in it that is not valid Unicode." },
        { """{"messages":[{"\ud800":1}]}""", "messages[0]", "'messages[0]' has text in it that is not valid Unicode." },
        { """{"variables":{"\ud800":1}}""", "variables", "'variables' has text in it that is not valid Unicode." },
        { """{"messages":[{"content":[{"text":"\ud800"}]}]}""", "messages[0].content[0].text", "'messages[0].content[0].text' has text in it that is not valid Unicode." },
    };

    public static TheoryData<string, string, string> Duplicates => new()
    {
        { """{"model":"a","model":"b"}""", "model", "'model' appears twice." },
        { """{"messages":[{"role":"user","role":"user"}]}""", "messages[0].role", "'messages[0].role' appears twice." },
        { """{"messages":[{"content":[{"type":"a","type":"b"}]}]}""", "messages[0].content[0].type", "'messages[0].content[0].type' appears twice." },
        { """{"messages":[{"content":[{"x":1,"x":2}]}]}""", "messages[0].content[0].x", "'messages[0].content[0].x' appears twice." },
        { """{"x":1,"x":2}""", "x", "'x' appears twice." },
        { """{"a b":1,"a b":2}""", "a b", "'a b' appears twice." },
        { """{"messages":[{"x":1,"x":2}]}""", "messages[0].x", "'messages[0].x' appears twice." },
        { """{"variables":{"a":1,"a":2}}""", "variables.a", "'variables.a' appears twice." },
        { """{"a'b":1,"a'b":2}""", "a'b", "'a'b' appears twice." },
        { """{"variables":{"a b":1,"a\u0020b":2}}""", "variables['a b']", "'variables['a b']' appears twice." },
        { """{"x":{"y":1,"y":2}}""", "x", "'x' has 'y' in it twice." },
        { """{"tools":[{"function":{"parameters":{"a":[{"b":1,"b":2}]}}}]}""", "tools[0].function.parameters", "'tools[0].function.parameters' has 'b' in it twice." },
    };

    [Theory]
    [MemberData(nameof(WrongValues))]
    public async Task A_wrong_value_is_named_with_what_it_must_be(string body, string param, string message)
    {
        using var response = await Host.PostAsync("/v1/chat/completions", body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal((message, "invalid_request_error", param, "invalid_type"), await ReadErrorAsync(response));
    }

    [Theory]
    [InlineData("""{"budget_usd_per_month":1e40}""", "budget_usd_per_month", "must be a number of at most 79228162514264337593543950335")]
    [InlineData("""{"budget_usd_per_month":"5"}""", "budget_usd_per_month", "must be a number")]
    [InlineData("""{"tokens_per_day":1e400}""", "tokens_per_day", "must be a whole number")]
    [InlineData("""{"expires_at":"soon"}""", "expires_at", "must be a date and time, as in 2030-12-31T23:59:59Z")]
    [InlineData("""{"expires_at":"\ud800"}""", "expires_at", "has text in it that is not valid Unicode")]
    [InlineData("""{"expires_at":7}""", "expires_at", "must be a string")]
    [InlineData("""{"scopes":["chat",7]}""", "scopes[1]", "must be a string")]
    [InlineData("""{"a'b":7}""", "a'b", "is not known here")]
    public async Task The_wrong_terms_of_a_key_are_named(string body, string param, string expected)
    {
        await using var host = await GatewayHost.StartAsync(services => services.Configure<AuthOptions>(auth => auth.AdminApiKey = "admin"));
        host.Client.DefaultRequestHeaders.Authorization = new("Bearer", "admin");

        using var response = await host.PostAsync("/admin/keys", body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(($"'{param}' {expected}.", "invalid_request_error", param, "invalid_type"), await ReadErrorAsync(response));
    }

    [Theory]
    [MemberData(nameof(Duplicates))]
    public async Task A_property_that_appears_twice_is_named(string body, string param, string message)
    {
        using var response = await Host.PostAsync("/v1/chat", body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal((message, "invalid_request_error", param, "duplicate"), await ReadErrorAsync(response));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("\uFEFF", 0)]
    [InlineData("", 20_000)]
    [InlineData("\uFEFF", 20_000)]
    public async Task A_body_is_read_whole_however_it_comes(string mark, int length)
    {
        Host.Chat.Answer(Answers.Text("Hi"));
        var text = "a" + new string('é', length) + "z";

        using var response = await Host.PostAsync("/v1/chat", mark + $$"""{"messages":[{"role":"user","content":"{{text}}"}]}""");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var call = await Host.Chat.NextCallAsync();
        Assert.Equal(text, call.Request.Messages[0].Content?.Text);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"x\"")]
    [InlineData("5")]
    public async Task What_is_not_an_object_is_told_so(string body)
    {
        using var response = await Host.PostAsync("/v1/chat", body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(("The body must be a JSON object.", "invalid_request_error", null, "invalid_json"), await ReadErrorAsync(response));
    }

    [Theory]
    [InlineData("", "The body is empty.")]
    [InlineData(" \r\n", "The body is empty.")]
    [InlineData("{\"\\ud800\":1}", "The body has a property name that is not valid Unicode.")]
    [InlineData("{", "The body is not valid JSON (line 1, byte 2).")]
    [InlineData("{\"model\":\"a\",\n \"stream\": tru }", "The body is not valid JSON (line 2, byte 15).")]
    [InlineData("{\"messages\":[{\"content\":[{\"type\":tru}]}]}", "The body is not valid JSON (line 1, byte 37).")]
    [InlineData("{\"model\":\"a\",}", "The body is not valid JSON (line 1, byte 14).")]
    [InlineData("{} {}", "The body is not valid JSON (line 1, byte 4).")]
    [InlineData("{'model':1}", "The body is not valid JSON (line 1, byte 2).")]
    public async Task Broken_JSON_is_refused_with_its_place(string body, string message)
    {
        using var response = await Host.PostAsync("/v1/chat", body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal((message, "invalid_request_error", null, "invalid_json"), await ReadErrorAsync(response));
    }

    [Theory]
    [InlineData("{\"x\":", "}")]
    [InlineData("{\"messages\":[{\"content\":[{\"x\":", "}]}]}")]
    public async Task JSON_is_read_to_a_depth_of_32(string before, string after)
    {
        Host.Chat.Answer(Answers.Text("Hi"));
        var outside = before.Count(letter => letter is '{' or '[');

        using var deep = await Host.PostAsync("/v1/chat", before + Nested(32 - outside) + after);
        using var deeper = await Host.PostAsync("/v1/chat", before + Nested(33 - outside) + after);

        Assert.Equal(HttpStatusCode.OK, deep.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, deeper.StatusCode);
        var error = await ReadErrorAsync(deeper);
        Assert.Equal("nested_too_deeply", error.Code);
        Assert.StartsWith("The body is nested too deeply (line 1, byte ", error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.Param);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("application/json; charset=\"iso-8859-1\"")]
    [InlineData("nonsense")]
    [InlineData(null)]
    public async Task A_body_that_says_it_is_not_JSON_in_UTF8_is_refused(string? contentType)
    {
        using var response = await PostAsync(Encoding.UTF8.GetBytes(GatewayHost.Hello), contentType);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
        var error = await ReadErrorAsync(response);
        Assert.Equal((null, "unsupported_media_type"), (error.Param, error.Code));
        Assert.Contains("application/json", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("Application/JSON; charset=\"UTF-8\"")]
    [InlineData("application/vnd.prism+json")]
    public async Task A_body_that_says_it_is_JSON_is_read(string contentType)
    {
        Host.Chat.Answer(Answers.Text("Hi"));

        using var response = await PostAsync(Encoding.UTF8.GetBytes(GatewayHost.Hello), contentType);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task A_compressed_body_is_refused()
    {
        using var content = GatewayHost.Json(GatewayHost.Hello);
        content.Headers.ContentEncoding.Add("gzip");

        using var response = await Host.Client.PostAsync("/v1/chat", content);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
        Assert.Contains("compressed", (await ReadErrorAsync(response)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_that_are_not_UTF8_are_refused_with_their_field()
    {
        byte[] body = [.. "{\"messages\":[{\"role\":\"user\",\"content\":\""u8, 0xff, .. "\"}]}"u8];

        using var response = await PostAsync(body, "application/json");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("messages[0].content", (await ReadErrorAsync(response)).Param);
    }

    [Fact]
    public async Task A_byte_order_mark_does_no_harm()
    {
        Host.Chat.Answer(Answers.Text("Hi"));

        using var response = await PostAsync([0xef, 0xbb, 0xbf, .. Encoding.UTF8.GetBytes(GatewayHost.Hello)], "application/json");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task A_body_in_many_small_chunks_is_read_and_its_faults_are_found()
    {
        Host.Chat.Answer(Answers.Text("Hi"));
        using var client = RawClient.Connect(Host);
        await client.SendAsync("POST /v1/chat HTTP/1.1\nHost: prism\nContent-Type: application/json\nTransfer-Encoding: chunked\n\n");
        await SendInChunksAsync(client, GatewayHost.Hello);
        await client.SendAsync("POST /v1/chat HTTP/1.1\nHost: prism\nContent-Type: application/json\nTransfer-Encoding: chunked\nConnection: close\n\n");
        await SendInChunksAsync(client, """{"messages":[{"content":[{"type":"text"},{"type":7}]}]}""");

        var responses = await client.ReadToEndAsync();

        // Both on one connection: the first body was read to its end.
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", responses, StringComparison.Ordinal);
        Assert.Contains("HTTP/1.1 400 Bad Request\r\n", responses, StringComparison.Ordinal);
        Assert.Contains("'messages[0].content[1].type' must be a string.", responses, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_connection_goes_on_after_a_body_that_was_refused_early()
    {
        Host.Chat.Answer(Answers.Text("Hi"));
        using var client = RawClient.Connect(Host);
        var broken = "tru" + new string(' ', 20_000);
        await client.SendAsync($"POST /v1/chat HTTP/1.1\nHost: prism\nContent-Type: application/json\nContent-Length: {broken.Length}\n\n{broken}");
        await client.SendAsync($"POST /v1/chat HTTP/1.1\nHost: prism\nContent-Type: application/json\nContent-Length: {GatewayHost.Hello.Length}\nConnection: close\n\n{GatewayHost.Hello}");

        var responses = await client.ReadToEndAsync();

        Assert.StartsWith("HTTP/1.1 400 Bad Request\r\n", responses, StringComparison.Ordinal);
        Assert.Contains("HTTP/1.1 200 OK\r\n", responses, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Transfer-Encoding: chunked\n\n5\n{\"mes\n")]
    [InlineData("Content-Length: 40\n\n{\"mes")]
    public async Task A_body_that_stops_in_the_middle_reaches_nobody(string headersAndBody)
    {
        using var client = RawClient.Connect(Host);
        await client.SendAsync($"POST /v1/chat HTTP/1.1\nHost: prism\nContent-Type: application/json\n{headersAndBody}");
        client.EndRequest();

        // The connection is gone with the body, so the log is all there is of it. Whether it says 400 or 499 is a matter of what the server
        // noticed first, the end of the body or that of the connection; in no case is it an error of ours.
        var logged = await Host.Log.NextRequestAsync();
        Assert.StartsWith("4", logged.Properties["StatusCode"].ToString(), StringComparison.Ordinal);
        Assert.Equal(LogEventLevel.Information, logged.Level);
        Assert.False(Host.Chat.WasCalled);
    }

    [Theory]
    [InlineData("Content-Length: 65537\n\n", 0)]
    [InlineData("Transfer-Encoding: chunked\n\n10001\n", GatewayHost.MaxBodySize + 1)]
    public async Task A_body_over_the_limit_is_refused(string headers, int sent)
    {
        using var client = RawClient.Connect(Host);
        await client.SendAsync($"POST /v1/chat HTTP/1.1\nHost: prism\nContent-Type: application/json\n{headers}");
        // No more than the server reads: a close with bytes unread would reset the connection, and the response with it.
        await client.SendAsync(new string(' ', sent));

        var response = await client.ReadToEndAsync();

        Assert.StartsWith("HTTP/1.1 413 Payload Too Large\r\n", response, StringComparison.Ordinal);
        Assert.Contains("\r\nx-request-id: req_", response, StringComparison.OrdinalIgnoreCase);
        Assert.EndsWith(
            """{"error":{"message":"The body is too large.","type":"invalid_request_error","param":null,"code":"request_too_large"}}""",
            response,
            StringComparison.Ordinal);
        Assert.False(Host.Chat.WasCalled);
    }

    [Fact]
    public async Task A_body_at_the_limit_is_read()
    {
        Host.Chat.Answer(Answers.Text("Hi"));

        using var response = await Host.PostAsync("/v1/chat", GatewayHost.Hello.PadRight(GatewayHost.MaxBodySize));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static string Nested(int depth) => new string('[', depth) + new string(']', depth);

    private static async Task SendInChunksAsync(RawClient client, string body)
    {
        foreach (var letter in body)
        {
            await client.SendAsync($"1\n{letter}\n");
        }

        await client.SendAsync("0\n\n");
    }

    private async Task<HttpResponseMessage> PostAsync(byte[] body, string? contentType)
    {
        using var content = new ByteArrayContent(body);
        if (contentType is not null)
        {
            Assert.True(content.Headers.TryAddWithoutValidation("Content-Type", contentType));
        }

        return await Host.Client.PostAsync("/v1/chat", content);
    }
}
