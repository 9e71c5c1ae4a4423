using System.Net;
using System.Text.Json;
using Serilog.Events;

namespace Prism.Tests.Errors;

/// <summary>Errors of the server itself are error objects too.</summary>
public sealed class ErrorMiddlewareTests : GatewayTest
{
    [Theory]
    [InlineData("GET", "/v2/chat", "/v2/chat")]
    [InlineData("GET", "/v1/chat/other", "/v1/chat/other")]
    [InlineData("DELETE", "/%22%3Cscript%3E%5C%0A", "/%22%3Cscript%3E%5C%0A")]
    [InlineData("GET", "/caf%C3%A9", "/caf%C3%A9")]
    [InlineData("GET", "/a%ff", "/a%ff")]
    public async Task An_unknown_path_is_an_error_object(string method, string path, string told)
    {
        using var client = RawClient.Connect(Host);
        await client.SendAsync($"{method} {path} HTTP/1.1\nHost: prism\nConnection: close\n\n");

        var response = await client.ReadToEndAsync();

        Assert.StartsWith("HTTP/1.1 404 Not Found\r\n", response, StringComparison.Ordinal);
        Assert.Contains("\r\nx-request-id: req_", response, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(($"Path {told} does not exist.", "invalid_request_error", null, "not_found"), ReadError(BodyOf(response)));
    }

    [Theory]
    [InlineData("GET", "/v1/chat", "POST")]
    [InlineData("OPTIONS", "/v1/chat/completions", "POST")]
    [InlineData("PUT", "/v1/templates/summarize/render", "POST")]
    [InlineData("POST", "/v1/models", "GET, HEAD")]
    [InlineData("POST", "/health", "GET, HEAD")]
    [InlineData("GET", "/cache", "DELETE")]
    public async Task A_method_that_a_path_does_not_take_is_an_error_object_and_the_right_one_is_named(string method, string path, string allowed)
    {
        using var response = await Host.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(allowed, string.Join(", ", response.Content.Headers.Allow));
        Assert.StartsWith("req_", HeaderOf(response, "x-request-id"), StringComparison.Ordinal);
        Assert.Equal(($"Method {method} is not allowed for {path}.", "invalid_request_error", null, "method_not_allowed"), await ReadErrorAsync(response));
    }

    [Theory]
    [InlineData("/v1/chat", "POST", HttpStatusCode.MethodNotAllowed)]
    [InlineData("/nowhere", null, HttpStatusCode.NotFound)]
    public async Task A_HEAD_has_the_same_headers_and_no_body(string path, string? allowed, HttpStatusCode status)
    {
        using var response = await Host.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));

        Assert.Equal(status, response.StatusCode);
        Assert.Equal(allowed, response.Content.Headers.Allow.SingleOrDefault());
        Assert.True(response.Content.Headers.ContentLength > 0);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("/v1/chat", GatewayHost.Hello)]
    [InlineData("/v1/chat", GatewayHost.HelloStream)]
    [InlineData("/v1/chat/completions", GatewayHost.Hello)]
    [InlineData("/v1/chat/completions", GatewayHost.HelloStream)]
    public async Task Of_an_exception_nothing_is_told_but_that_there_was_one(string path, string body)
    {
        Host.Chat.OnComplete((_, _) => throw new InvalidOperationException("sk-secret"));
        Host.Chat.OnStream((_, _) => throw new InvalidOperationException("sk-secret"));

        using var response = await Host.PostAsync(path, body);

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.StartsWith("req_", HeaderOf(response, "x-request-id"), StringComparison.Ordinal);
        Assert.Equal(
            """{"error":{"message":"The server had an error.","type":"server_error","param":null,"code":"internal_error"}}""",
            await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData(GatewayHost.Hello)]
    [InlineData(GatewayHost.HelloStream)]
    public async Task An_answer_that_cannot_be_written_leaves_nothing_of_itself_in_the_error(string body)
    {
        var unwritable = new Dictionary<string, JsonElement> { ["x"] = default };
        Host.Chat.Answer(Answers.Text("Hi") with { Extra = unwritable });
        Host.Chat.Stream(Answers.Started, Answers.Piece("Hi") with { Extra = unwritable }, Answers.Completed);

        using var response = await Host.PostAsync("/v1/chat/completions", body);

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Equal("internal_error", (await ReadErrorAsync(response)).Code);
    }

    [Fact]
    public async Task A_cancellation_that_is_not_the_clients_is_an_error()
    {
        Host.Chat.OnComplete((_, _) => throw new OperationCanceledException());

        using var response = await Host.PostAsync("/v1/chat", GatewayHost.Hello);

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
    }

    [Fact]
    public async Task An_exception_is_logged_with_its_path_and_its_request()
    {
        var bug = new InvalidOperationException("A bug.");
        Host.Chat.OnComplete((_, _) => throw bug);

        using var response = await Host.PostAsync("/v1/chat", GatewayHost.Hello);

        var logged = await Host.Log.NextAsync(logEvent => logEvent.Level == LogEventLevel.Error && logEvent.Exception is not null);
        Assert.Same(bug, logged.Exception);
        Assert.Contains("/v1/chat", logged.RenderMessage(), StringComparison.Ordinal);
        Assert.Equal(HeaderOf(response, "x-request-id"), (logged.Properties["RequestId"] as ScalarValue)?.Value);
    }

    private static string BodyOf(string response) => response[(response.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
}
