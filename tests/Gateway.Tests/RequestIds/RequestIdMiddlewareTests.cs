using Serilog.Events;

namespace Prism.Tests.RequestIds;

/// <summary><c>x-request-id</c>, in and out.</summary>
public sealed class RequestIdMiddlewareTests : GatewayTest
{
    public static TheoryData<string> NotPlain => new(
        new string('a', 129),
        "",
        "two words",
        "tab\tbed",
        "qu\"oted\"",
        "it's",
        "<b>",
        "a,b",
        "back\\slash",
        "\u00c3\u00bcber");

    [Theory]
    [InlineData("a")]
    [InlineData("0af7651916cd43dd8448eb211c80319c")]
    [InlineData("My-Request_1.2")]
    public async Task A_plain_id_of_the_clients_is_taken_over(string id) => Assert.Equal(id, await SendAsync($"x-request-id: {id}\n"));

    [Fact]
    public async Task An_id_of_128_letters_is_taken_over()
    {
        var id = new string('a', 128);

        Assert.Equal(id, await SendAsync($"X-Request-ID: {id}\n"));
    }

    [Theory]
    [MemberData(nameof(NotPlain))]
    public async Task Another_is_replaced(string id) => Assert.Matches("^req_[0-9a-f]{32}$", await SendAsync($"x-request-id: {id}\n"));

    [Fact]
    public async Task Two_ids_are_replaced() => Assert.Matches("^req_[0-9a-f]{32}$", await SendAsync("x-request-id: a\nx-request-id: b\n"));

    [Fact]
    public async Task A_request_without_an_id_gets_one_of_its_own() => Assert.NotEqual(await SendAsync(""), await SendAsync(""));

    [Theory]
    [InlineData("GET", "/health")]
    [InlineData("GET", "/nowhere")]
    [InlineData("PATCH", "/v1/chat")]
    [InlineData("POST", "/v1/chat")]
    public async Task Every_response_has_the_id(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Add("x-request-id", "mine");

        using var response = await Host.Client.SendAsync(request);

        Assert.Equal("mine", HeaderOf(response, "x-request-id"));
    }

    [Fact]
    public async Task A_stream_has_the_id()
    {
        Host.Chat.Stream(Answers.Started, Answers.Piece("Hi"), Answers.Completed);

        using var response = await Host.PostAsync("/v1/chat", GatewayHost.HelloStream);

        Assert.StartsWith("req_", HeaderOf(response, "x-request-id"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_summary_of_the_request_in_the_log_has_the_id()
    {
        var id = await SendAsync("");

        Assert.Equal(id, (((await Host.Log.NextRequestAsync()).Properties["RequestId"] as ScalarValue)?.Value));
    }

    private async Task<string> SendAsync(string header)
    {
        using var client = RawClient.Connect(Host);
        await client.SendAsync($"GET /health HTTP/1.1\nHost: prism\nConnection: close\n{header}\n");
        var lines = (await client.ReadToEndAsync()).Split("\r\n");
        Assert.Equal("HTTP/1.1 200 OK", lines[0]);
        return Assert.Single(lines, line => line.StartsWith("x-request-id: ", StringComparison.OrdinalIgnoreCase))["x-request-id: ".Length..];
    }
}
