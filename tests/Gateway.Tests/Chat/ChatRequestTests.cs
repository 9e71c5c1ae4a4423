using System.Globalization;
using System.Net;
using Prism.Grains.Interfaces.Chat;
using Serilog.Events;

namespace Prism.Tests.Chat;

/// <summary>What the pipeline gets of a request, and what besides the body comes back.</summary>
public sealed class ChatRequestTests : GatewayTest
{
    [Fact]
    public async Task The_body_reaches_the_pipeline_with_what_Prism_does_not_know()
    {
        Host.Chat.Answer(Answers.Text("Hi"));

        using var response = await Host.PostAsync(
            "/v1/chat", """{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"Hällo"}]}],"stop":"x","top_k":5,"provider":{"order":["a"]}}""");

        var (request, _) = await Host.Chat.NextCallAsync();
        Assert.Equal("m", request.Model);
        Assert.Equal("Hällo", request.Messages.Single().Content!.ToText());
        Assert.Equal<string>(["x"], request.Stop!.Value);
        Assert.Equal(["provider", "top_k"], request.Extra!.Keys.Order());
        Assert.Null(request.Provider);
    }

    [Theory]
    [InlineData("?provider=openai", "openai")]
    [InlineData("?provider=", null)]
    [InlineData("", null)]
    [InlineData("?provider=a%20b", "a b")]
    public async Task The_provider_is_in_the_query(string query, string? provider)
    {
        Host.Chat.Answer(Answers.Text("Hi"));

        using var response = await Host.PostAsync("/v1/chat" + query, GatewayHost.Hello);

        Assert.Equal(provider, (await Host.Chat.NextCallAsync()).Request.Provider);
    }

    [Fact]
    public async Task Two_providers_are_refused()
    {
        using var response = await Host.PostAsync("/v1/chat?provider=openai&provider=echo", GatewayHost.Hello);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(("'provider' must be given once.", "invalid_request_error", "provider", null), await ReadErrorAsync(response));
    }

    [Theory]
    [InlineData("/v1/chat", false)]
    [InlineData("/v1/chat", true)]
    [InlineData("/v1/chat/completions", false)]
    [InlineData("/v1/chat/completions", true)]
    public async Task Headers_tell_who_answered(string path, bool stream)
    {
        var route = new AnswerInfo { Provider = "groq", Model = "m", Attempts = 3 };
        Host.Chat.Answer(new ChatOutcome { Response = Answers.Text("Hi"), Route = route });
        Host.Chat.Stream(new ChatStreamEvent { Started = route }, Answers.Piece("Hi"), Answers.Completed);

        using var response = await Host.PostAsync(path, stream ? GatewayHost.HelloStream : GatewayHost.Hello);

        Assert.Equal("groq", HeaderOf(response, "x-prism-provider"));
        Assert.Equal("3", HeaderOf(response, "x-prism-attempts"));
        Assert.Equal("bypass", HeaderOf(response, "x-prism-cache"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_log_has_the_route_and_the_usage_and_nothing_that_was_said(bool stream)
    {
        Host.Chat.Answer(Answers.Text("Secret answer"));
        Host.Chat.Stream(Answers.Started, Answers.Piece("Secret answer"), Answers.Completed);

        using var response = await Host.PostAsync("/v1/chat", (stream ? GatewayHost.HelloStream : GatewayHost.Hello).Replace("Hello", "Secret prompt", StringComparison.Ordinal));

        var logged = await Host.Log.NextRequestAsync();
        Assert.Equal("echo", Value(logged, "Provider"));
        Assert.Equal("echo-v1", Value(logged, "Model"));
        Assert.Equal(20, Value(logged, "PromptTokens"));
        Assert.Equal(10, Value(logged, "CompletionTokens"));
        Assert.DoesNotContain(logged.Properties, property => property.Value.ToString().Contains("Secret", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(ChatCacheResult.Bypass, false, "0.0125")]
    [InlineData(ChatCacheResult.Miss, true, "0.0125")]
    [InlineData(ChatCacheResult.Hit, true, "0")]
    [InlineData(ChatCacheResult.Joined, false, "0")]
    public async Task The_log_has_what_the_request_cost(ChatCacheResult cache, bool stream, string cost)
    {
        var usage = Answers.Usage with { CostUsd = 0.0125m };
        var route = ScriptedChat.Route with { Cache = cache };
        Host.Chat.Answer(new ChatOutcome { Response = Answers.Text("Hi") with { Usage = usage }, Route = route });
        Host.Chat.Stream(new() { Started = route }, Answers.Piece("Hi"), new() { Completed = usage });

        using var response = await Host.PostAsync("/v1/chat", stream ? GatewayHost.HelloStream : GatewayHost.Hello);

        Assert.Equal(decimal.Parse(cost, CultureInfo.InvariantCulture), Convert.ToDecimal(Value(await Host.Log.NextRequestAsync(), "CostUsd"), CultureInfo.InvariantCulture));
        Assert.DoesNotContain("0.0125", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cost_that_is_not_known_is_null_in_the_log()
    {
        Host.Chat.Answer(Answers.Text("Hi"));

        using var response = await Host.PostAsync("/v1/chat", GatewayHost.Hello);

        var logged = await Host.Log.NextRequestAsync();
        Assert.True(logged.Properties.ContainsKey("CostUsd"));
        Assert.Null(Value(logged, "CostUsd"));
    }

    [Fact]
    public async Task The_log_has_the_kind_of_a_failure()
    {
        Host.Chat.Answer(new ChatOutcome { Error = new() { Kind = ChatErrorKind.Overloaded, Message = "Busy." } });

        using var response = await Host.PostAsync("/v1/chat", GatewayHost.Hello);

        Assert.Equal("overloaded", Value(await Host.Log.NextRequestAsync(), "Error"));
    }

    private static object? Value(LogEvent logged, string name) => Assert.IsType<ScalarValue>(logged.Properties[name]).Value;
}
