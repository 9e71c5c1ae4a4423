using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Prism.Formats.OpenAi.Chat;
using Prism.Formats.Prism.Chains;
using Prism.Gateway;
using Prism.Gateway.Errors;
using Prism.Gateway.Limits;
using Prism.Gateway.Providers;
using Prism.Gateway.Usage;
using Prism.Grains.Interfaces.Breakers;
using Prism.Grains.Interfaces.Chains;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Quotas;

namespace Prism.Tests.OpenApi;

public sealed class OpenApiTests : GatewayTest
{
    [Fact]
    public async Task The_document_is_one()
    {
        var text = await Host.Client.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative));

        var (document, diagnostic) = Microsoft.OpenApi.OpenApiDocument.Parse(text, "json");

        Assert.Empty(diagnostic!.Errors);
        Assert.Empty(diagnostic.Warnings);
        Assert.Equal("Prism", document!.Info.Title);
        Assert.All(
            document.Paths.SelectMany(path => path.Value.Operations!.Values),
            operation => Assert.All(operation.Responses!.Values, response => Assert.NotNull(response.Description)));
    }

    [Fact]
    public async Task Every_reference_leads_to_a_component_and_every_part_of_a_path_is_a_parameter()
    {
        var document = await ReadAsync();

        Assert.All(ReferencesIn(document), reference => Assert.NotNull(Find(reference)));
        Assert.All(
            document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject(), (path, method) => (Path: path.Key, Operation: method.Value!)),
            operation =>
            {
                var parameters = (operation.Operation["parameters"]?.AsArray() ?? []).Select(parameter => Find((string)parameter!["$ref"]!)!);
                var described = parameters.Where(parameter => (string?)parameter["in"] == "path").Select(parameter => $"{{{parameter["name"]}}}");
                Assert.Equal(operation.Path.Split('/').Where(part => part.StartsWith('{')), described);
            });

        JsonNode? Find(string reference) =>
            reference.Split('/').Skip(1).Aggregate((JsonNode?)document, (node, part) => node?[part]);

        static IEnumerable<string> ReferencesIn(JsonNode? node) => node switch
        {
            JsonObject { Count: > 0 } some => some.SelectMany(one => one is { Key: "$ref", Value: JsonValue reference } ? [(string)reference!] : ReferencesIn(one.Value)),
            JsonArray items => items.SelectMany(ReferencesIn),
            _ => [],
        };
    }

    [Fact]
    public async Task Every_property_is_described()
    {
        var properties = (await ReadAsync())["components"]!["schemas"]!.AsObject()
            .SelectMany(schema => schema.Value!["properties"]?.AsObject() ?? [], (schema, property) => (Name: $"{schema.Key}.{property.Key}", property.Value));

        Assert.Empty(properties.Where(property => property.Value!["description"] is null).Select(property => property.Name));
    }

    [Theory]
    [InlineData("native.json", "NativeResponse")]
    [InlineData("native-tools.json", "NativeResponse")]
    [InlineData("native.sse", "NativeChunk")]
    [InlineData("native-tools.sse", "NativeChunk")]
    [InlineData("openai.json", "ChatResponse")]
    [InlineData("openai.sse", "ChatChunk")]
    [InlineData("openai-tools.sse", "ChatChunk")]
    [InlineData("openai-usage.sse", "ChatChunk")]
    [InlineData("models.json", "ModelList")]
    [InlineData("template.json", "PromptTemplate")]
    [InlineData("template-stored.json", "PromptTemplate")]
    [InlineData("templates.json", "TemplateList")]
    [InlineData("chain.json", "ChainBody")]
    [InlineData("chains.json", "ChainList")]
    [InlineData("run.json", "ChainRun")]
    [InlineData("run-running.json", "ChainRun")]
    [InlineData("run-events.sse", "ChainEvent")]
    [InlineData("runs.json", "RunPage")]
    [InlineData("health.json", "Health")]
    [InlineData("usage.json", "UsageReport")]
    public async Task What_is_answered_is_what_the_document_says(string golden, string schema)
    {
        var schemas = new DocumentSchemas(await ReadAsync());

        var bodies = await ReadGoldenAsync(golden);

        Assert.NotEmpty(bodies);
        Assert.All(bodies, body => Assert.Empty(schemas.FindProblems(body, schema)));
    }

    [Theory]
    [InlineData("""{"providers":"echo","default":"echo"}""", "/providers")]
    [InlineData("""{"providers":["echo",1],"default":"echo"}""", "/providers/1")]
    [InlineData("""{"providers":[]}""", ": Required properties")]
    [InlineData("""{"providers":[],"default":"echo","extra":1}""", "/extra")]
    public async Task What_the_document_does_not_say_is_found(string body, string problem) => Assert.Contains(
        new DocumentSchemas(await ReadAsync()).FindProblems(JsonNode.Parse(body)!, "ProviderList"), found => found.StartsWith(problem, StringComparison.Ordinal));

    public static TheoryData<string, JsonTypeInfo> Bodies => new()
    {
        { "ChatRequest", ChatJson.Strict.ChatRequest },
        { "ChatMessage", TypeOf<ChatMessage>(ChatJson.Strict.Options) },
        { "ContentPart", ChatJson.Strict.Find<ContentPart>() },
        { "ToolDefinition", TypeOf<ToolDefinition>(ChatJson.Strict.Options) },
        { "ToolCall", TypeOf<ToolCall>(ChatJson.Strict.Options) },
        { "Usage", ChatJson.Strict.Find<ChatUsage>() },
        { "ChatResponse", ChatJson.Strict.ChatResponse },
        { "ChatChoice", TypeOf<ChatChoice>(ChatJson.Strict.Options) },
        { "AssistantMessage", TypeOf<AssistantMessage>(ChatJson.Strict.Options) },
        { "NativeResponse", GatewayJson.Api.NativeResponse },
        { "NativeChunk", GatewayJson.Api.NativeChunk },
        { "TemplateBody", GatewayJson.Api.TemplateBody },
        { "RenderRequest", GatewayJson.Api.RenderRequest },
        { "ChainBody", GatewayJson.Api.ChainBody },
        { "ChainStep", TypeOf<ChainStep>(ChainJson.Strict.Options) },
        { "ChainRetry", TypeOf<ChainRetry>(ChainJson.Strict.Options) },
        { "RunBody", GatewayJson.Api.RunBody },
        { "ChainRun", ChainJson.Lenient.ChainRun },
        { "ChainRunStep", TypeOf<ChainRunStep>(ChainJson.Lenient.Options) },
        { "ChainEvent", ChainJson.Lenient.ChainEvent },
        { "RunSummary", TypeOf<RunSummary>(ChainJson.Lenient.Options) },
        { "ChatError", TypeOf<ChatError>(ChainJson.Lenient.Options) },
        { "ApiKeyTerms", GatewayJson.Api.ApiKeyBody },
        { "ApiKeyPatch", GatewayJson.Api.ApiKeyBody },
        { "ApiKey", GatewayJson.Api.ApiKeyView },
        { "ApiKeyList", GatewayJson.Api.ApiKeyList },
        { "KeyLimit", TypeOf<LimitView>(GatewayJson.Api.Options) },
        { "ProviderReportList", GatewayJson.Api.ProviderReportList },
        { "ProviderReport", TypeOf<ProviderReportBody>(GatewayJson.Api.Options) },
        { "Breaker", TypeOf<BreakerBody>(GatewayJson.Api.Options) },
        { "ProviderLimit", TypeOf<LimitBody>(GatewayJson.Api.Options) },
        { "SiloLease", TypeOf<LeaseBody>(GatewayJson.Api.Options) },
        { "HeldAmount", TypeOf<HeldBody>(GatewayJson.Api.Options) },
        { "ProviderFailure", TypeOf<ProviderFailure>(GatewayJson.Api.Options) },
        { "Percentiles", TypeOf<LatencyBody>(GatewayJson.Api.Options) },
        { "UsageReport", GatewayJson.Api.UsageBody },
        { "UsageRow", TypeOf<UsageRow>(GatewayJson.Api.Options) },
        { "Health", GatewayJson.Api.HealthReport },
        { "Status", GatewayJson.Api.StatusBody },
        { "Home", GatewayJson.Api.HomeBody },
    };

    [Theory]
    [MemberData(nameof(Bodies), DisableDiscoveryEnumeration = true)]
    public async Task A_schema_has_the_properties_that_there_are(string schema, JsonTypeInfo type)
    {
        var document = await ReadAsync();

        var described = document["components"]!["schemas"]![schema]!["properties"]!.AsObject().Select(property => property.Key);

        var known = type.Properties.Where(property => property is { IsExtensionData: false } and not { Get: null, Set: null });
        Assert.Equal(known.Select(property => property.Name).Where(name => name[0] != '(').Order(), described.Order());
    }

    // Written by hand, so the serializer knows nothing of their properties.
    [Theory]
    [InlineData("ChatChunk", typeof(ChatChunk))]
    [InlineData("ChatChunkChoice", typeof(ChatChunkChoice))]
    [InlineData("ChatDelta", typeof(ChatDelta))]
    public async Task A_schema_of_a_piece_has_the_properties_that_there_are(string schema, Type type)
    {
        var document = await ReadAsync();

        var described = document["components"]!["schemas"]![schema]!["properties"]!.AsObject().Select(property => property.Key);

        var known = type.GetProperties(BindingFlags.Instance | BindingFlags.Public).Select(property => property.Name).Where(name => name != "Extra");
        Assert.Equal(
            known.Select(name => name == "ObjectType" ? "object" : JsonNamingPolicy.SnakeCaseLower.ConvertName(name)).Order(), described.Order());
    }

    [Fact]
    public async Task Every_error_of_a_call_is_an_answer_of_a_chat()
    {
        var document = await ReadAsync();
        var kinds = Enum.GetValues<ChatErrorKind>().Except([ChatErrorKind.Conflict]);

        foreach (var path in new[] { "/v1/chat", "/v1/chat/completions" })
        {
            var answers = document["paths"]![path]!["post"]!["responses"]!.AsObject();
            Assert.All(kinds, kind => Assert.True(answers.ContainsKey($"{ChatErrorMapping.StatusOf(new() { Kind = kind, Message = "" })}"), $"{kind}"));
        }
    }

    [Fact]
    public async Task What_takes_a_key_says_so()
    {
        var operations = (await ReadAsync())["paths"]!.AsObject()
            .SelectMany(path => path.Value!.AsObject().Where(one => one.Value is JsonObject).Select(one => (Path: path.Key, Operation: one.Value!)))
            .ToList();

        Assert.Equal(
            ["/", "/favicon.ico", "/healthz", "/healthz/live", "/healthz/ready"],
            operations.Where(one => one.Operation["security"] is JsonArray { Count: 0 }).Select(one => one.Path).Order(StringComparer.Ordinal));
        Assert.All(operations, one => Assert.Equal(one.Operation["security"] is null, one.Operation["responses"]!["401"] is not null));
    }

    [Fact]
    public async Task The_page_for_people_needs_nothing_from_elsewhere()
    {
        using var response = await Host.Client.GetAsync(new Uri("/docs", UriKind.Relative));
        var page = await response.Content.ReadAsStringAsync();

        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains("default-src 'none'", HeaderOf(response, "Content-Security-Policy"), StringComparison.Ordinal);
        Assert.DoesNotContain("//", page.Replace("  // ", "", StringComparison.Ordinal).Replace("\n// ", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("openapi/v1.json", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_header_of_a_chat_is_described()
    {
        Host.Chat.Answer(new ChatOutcome
        {
            Response = new() { Choices = [new() { Message = new() { Content = "Hello" } }] },
            Route = ScriptedChat.Route with
            {
                Cache = ChatCacheResult.Hit,
                Age = TimeSpan.FromSeconds(1),
                Limits = [Limit(LimitKind.RequestsPerMinute), Limit(LimitKind.TokensPerDay)],
                Warnings = ["'n' is not known there."],
            },
        });
        var described = (await ReadAsync())["paths"]!["/v1/chat"]!["post"]!["responses"]!["200"]!["headers"]!.AsObject().Select(header => header.Key);

        using var response = await Host.PostAsync("/v1/chat", GatewayHost.Hello);

        var sent = response.Headers.Select(header => header.Key).Except(["Date", "Server"], StringComparer.Ordinal);
        Assert.Equal(sent.Order(StringComparer.OrdinalIgnoreCase), described.Order(StringComparer.OrdinalIgnoreCase), StringComparer.OrdinalIgnoreCase);
    }

    private static LimitStatus Limit(LimitKind kind) => new() { Kind = kind, Limit = 10, Remaining = 9, ResetAfter = TimeSpan.FromSeconds(1) };

    private static JsonTypeInfo TypeOf<T>(JsonSerializerOptions options) => options.GetTypeInfo(typeof(T));

    private static async Task<IReadOnlyList<JsonNode>> ReadGoldenAsync(string name)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Golden", name));
        return name.EndsWith(".json", StringComparison.Ordinal)
            ? [JsonNode.Parse(text)!]
            : [.. text.Split('\n').Where(line => line.StartsWith("data: {", StringComparison.Ordinal)).Select(line => JsonNode.Parse(line["data: ".Length..])!)];
    }

    private async Task<JsonObject> ReadAsync() =>
        JsonNode.Parse(await Host.Client.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative)))!.AsObject();
}
