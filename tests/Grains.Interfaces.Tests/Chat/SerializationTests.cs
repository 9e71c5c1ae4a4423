using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Cluster;
using Prism.Grains.Interfaces.Providers;
using Prism.Grains.Interfaces.Templates;

namespace Prism.Tests.Chat;

/// <summary>What crosses between silos arrives as it was.</summary>
public sealed class SerializationTests : IDisposable
{
    private const string Exotic = """
        {"big":123456789012345678901234567890,"small":1e-400,"huge":1E+400,"minus":-0,"exact":0.1000,"null":null,"text":"Grüße \u0000 \"","deep":[[{"a":[]}]],"":1}
        """;

    private readonly ServiceProvider _services = new ServiceCollection().AddSerializer().BuildServiceProvider();

    public void Dispose() => _services.Dispose();

    [Fact]
    public void A_request_arrives_as_it_was()
    {
        var request = Golden.FullRequest with { Provider = "groq", Extra = Properties() };

        var copy = RoundTrip(request);

        Assert.Equal("groq", copy.Provider);
        Assert.Equal(Json(request), Json(copy));
        Assert.Equal("1E+400", copy.Extra!["huge"].GetRawText());
        Assert.Equal("0.1000", copy.Extra["exact"].GetRawText());
        Assert.Equal(JsonValueKind.Null, copy.Extra["null"].ValueKind);
    }

    [Fact]
    public void An_empty_request_arrives_empty()
    {
        var copy = RoundTrip(new ChatRequest());

        Assert.False(copy.Messages.IsDefault);
        Assert.Null(copy.Stop);
        Assert.Null(copy.Tools);
        Assert.Null(copy.ToolChoice);
        Assert.Null(copy.Extra);
        Assert.Equal("""{"messages":[]}""", Json(copy));
    }

    [Fact]
    public void An_empty_list_is_told_from_none()
    {
        var copy = RoundTrip(new ChatRequest { Stop = [], Tools = ImmutableArray<ToolDefinition>.Empty, Variables = [] });

        Assert.Equal(0, copy.Stop?.Length);
        Assert.Equal(0, copy.Tools?.Length);
        Assert.Empty(copy.Variables!);
    }

    [Fact]
    public void Json_that_was_never_set_stays_so() =>
        Assert.Equal(JsonValueKind.Undefined, RoundTrip(new ChatRequest { ToolChoice = default(JsonElement) }).ToolChoice?.ValueKind);

    [Fact]
    public void Json_of_a_provider_may_be_nested_deeply()
    {
        var nested = "{\"x\":" + new string('[', 127) + new string(']', 127) + "}";
        var response = ChatJsonTests.Read(ChatJson.Lenient.ChatResponse, nested);

        Assert.Equal(response.Extra!["x"].GetRawText(), RoundTrip(response).Extra!["x"].GetRawText());
    }

    [Fact]
    public void A_response_arrives_as_it_was()
    {
        var copy = RoundTrip(new ChatOutcome
        {
            Response = Golden.FullResponse with { Extra = Properties() },
            Route = new() { Provider = "openai", Model = "gpt", Attempts = 3 },
        });

        Assert.Equal(
            JsonSerializer.Serialize(Golden.FullResponse with { Extra = Properties() }, ChatJson.Lenient.ChatResponse),
            JsonSerializer.Serialize(copy.Response!, ChatJson.Lenient.ChatResponse));
        Assert.Equal(new AnswerInfo { Provider = "openai", Model = "gpt", Attempts = 3 }, copy.Route);
        Assert.Null(copy.Error);
    }

    [Fact]
    public void An_error_arrives_as_it_was()
    {
        var error = new ChatError
        {
            Kind = ChatErrorKind.RateLimited,
            Message = "m",
            Param = "p",
            Code = "c",
            Provider = "q",
            RetryAfter = TimeSpan.FromMilliseconds(1.5),
        };

        Assert.Equal(error, RoundTrip(new ChatOutcome { Error = error }).Error);
        Assert.Equal(error, RoundTrip(new RenderOutcome { Error = error }).Error);
    }

    [Fact]
    public void Every_event_of_a_stream_arrives_as_it_was()
    {
        var started = new ChatStreamEvent { Started = new() { Provider = "echo", Model = "echo-v1" } };
        var completed = new ChatStreamEvent { Completed = ChatUsage.Of(3, 4) };
        ChatStreamEvent failed = ChatError.Invalid("m", "p", "c");
        ChatStreamEvent chunk = Golden.FullChunk with { Extra = Properties() };

        Assert.Equal(started, RoundTrip(started));
        Assert.Equal(completed, RoundTrip(completed));
        Assert.Equal(failed, RoundTrip(failed));
        Assert.Equal(
            JsonSerializer.Serialize(chunk.Chunk!, ChatJson.Lenient.ChatChunk),
            JsonSerializer.Serialize(RoundTrip(chunk).Chunk!, ChatJson.Lenient.ChatChunk));
        Assert.Equal(default, RoundTrip(default(ChatStreamEvent)));
    }

    [Fact]
    public void What_an_operator_is_told_arrives_as_it_was()
    {
        var at = new DateTimeOffset(2025, 1, 2, 3, 4, 5, TimeSpan.FromHours(2));
        var provider = RoundTrip(new ProviderStatus
        {
            Name = "a",
            Type = "openai",
            BaseUrl = "http://a",
            DefaultModel = "m",
            Models = ["m", "n"],
            Missing = "K",
            LastOutcome = new() { At = at, Error = ChatErrorKind.Overloaded },
        });
        var cluster = RoundTrip(new ClusterStatus
        {
            ClusterId = "c",
            Self = "s",
            Silos = [new() { Name = "n", Address = "a", Status = "active" }],
        });

        Assert.Equal(("a", "openai", "http://a", "m", "K"), (provider.Name, provider.Type, provider.BaseUrl, provider.DefaultModel, provider.Missing));
        Assert.Equal(["m", "n"], provider.Models.AsEnumerable());
        Assert.Equal(new ProviderLastOutcome { At = at, Error = ChatErrorKind.Overloaded }, provider.LastOutcome);
        Assert.Equal(("c", "s"), (cluster.ClusterId, cluster.Self));
        Assert.Equal([new SiloInfo { Name = "n", Address = "a", Status = "active" }], cluster.Silos.AsEnumerable());
    }

    [Fact]
    public void A_template_arrives_as_it_was()
    {
        var copy = RoundTrip(new PromptTemplate
        {
            Name = "n",
            Role = ChatRoles.System,
            Description = "d",
            Source = "{{ x }}",
            Variables = [new() { Name = "x", Description = "e", Default = "f" }],
        });

        Assert.Equal(("n", "system", "d", "{{ x }}"), (copy.Name, copy.Role, copy.Description, copy.Source));
        Assert.Equal([new TemplateVariable { Name = "x", Description = "e", Default = "f" }], copy.Variables.AsEnumerable());
        Assert.Equal("hello", RoundTrip(new RenderOutcome { Message = ChatMessage.Create("user", "hello") }).Message?.Content?.Text);
    }

    private static Dictionary<string, JsonElement> Properties() => ChatJsonTests.Read(ChatJson.Strict.ChatRequest, Exotic).Extra!;

    private static string Json(ChatRequest request) => JsonSerializer.Serialize(request, ChatJson.Lenient.ChatRequest);

    private T RoundTrip<T>(T value)
    {
        var serializer = _services.GetRequiredService<Serializer<T>>();
        return serializer.Deserialize(serializer.SerializeToArray(value))!;
    }
}
