using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Prism.Formats.Anthropic.Messages;
using Prism.Formats.Json;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats.Conversions;

/// <summary>Writes OpenAI's chat completions as Anthropic's messages.</summary>
/// <param name="provider">The provider's name, for messages.</param>
/// <param name="defaultMaxTokens">The output cap of a request that has none: Anthropic requires one.</param>
public sealed class OpenAiChatToAnthropicMessages(string provider, int defaultMaxTokens) : IRequestWriter
{
    /// <inheritdoc/>
    public ImmutableArray<string> FindUnsupported(ChatRequest request) => AnthropicParameters.FindUnsupported(request);

    /// <inheritdoc/>
    public int ExtraOutputTokens(ChatRequest request) => AnthropicReasoning.Of(request, new(provider)).ExtraTokens;

    /// <inheritdoc/>
    public ChatError? Write(IBufferWriter<byte> output, ChatRequest request, bool stream)
    {
        var faults = new ConversionFaults(provider);
        var body = Map(request, stream, faults);
        if (faults.First is { } refused)
        {
            return refused;
        }

        try
        {
            RequestJson.Write(output, body, AnthropicJson.Default.AnthropicRequest);
            return null;
        }
        catch (JsonException)
        {
            // An escaped half of a surrogate pair is valid JSON, and only fails when it is written again.
            return ChatError.Invalid("The request has text in it that is not valid Unicode.");
        }
    }

    private AnthropicRequest Map(ChatRequest request, bool stream, ConversionFaults faults)
    {
        CheckTemperature(request, faults);
        var verbatim = AnthropicParameters.Verbatim(request);
        CheckSaidOnce(request, verbatim, faults);
        var conversation = AnthropicConversation.From(request.Messages, faults);
        var reasoning = AnthropicReasoning.Of(request, faults);
        var format = MapResponseFormat(request.ResponseFormat, faults);
        return new()
        {
            Model = request.Model,
            MaxTokens = AddCapped(request.OutputTokenLimit ?? defaultMaxTokens, reasoning.ExtraTokens),
            System = conversation.System is { IsEmpty: false } system ? system : null,
            Messages = conversation.Messages,
            Temperature = request.Temperature,
            TopP = request.TopP,
            StopSequences = request.Stop is { IsDefaultOrEmpty: false } ? request.Stop : null,
            Tools = AnthropicTools.MapDefinitions(request.Tools, faults),
            ToolChoice = AnthropicTools.MapChoice(request, faults),
            OutputConfig = format is null && reasoning.Effort is null ? null : new() { Effort = reasoning.Effort, Format = format },
            Thinking = reasoning.Thinking,
            Metadata = request.User is { } user ? new(user) : null,
            Stream = stream ? true : null,
            Verbatim = verbatim,
        };
    }

    private static void CheckTemperature(ChatRequest request, ConversionFaults faults)
    {
        if (request.Temperature is < 0 or > 1)
        {
            faults.Unsupported("a temperature above 1 or below 0", "temperature");
        }
    }

    // Two parameters for the same thing: the caller must set only one of them.
    private static void CheckSaidOnce(ChatRequest request, Dictionary<string, JsonElement>? verbatim, ConversionFaults faults)
    {
        if (verbatim is null)
        {
            return;
        }

        if (verbatim.ContainsKey(AnthropicParameters.Thinking) && request.ReasoningEffort is not (null or "none"))
        {
            faults.Invalid("cannot be set together with 'thinking'", "reasoning_effort");
        }

        if (verbatim.ContainsKey(AnthropicParameters.Metadata) && request.User is not null)
        {
            faults.Invalid("cannot be set together with 'metadata'", "user");
        }
    }

    private static AnthropicOutputFormat? MapResponseFormat(JsonElement? format, ConversionFaults faults)
    {
        switch (JsonText.Of(format, "type"))
        {
            case null when format is null or { ValueKind: JsonValueKind.Null }:
            case "text":
                return null;
            // Anthropic has no fields for the schema's name and description; the model follows the schema itself.
            case "json_schema" when SchemaOf(format!.Value) is { } schema:
                return new("json_schema", schema);
            case "json_schema":
                faults.Invalid("must be a JSON Schema", "response_format.json_schema.schema");
                return null;
            case "json_object":
                faults.Unsupported("JSON without a schema; use 'json_schema' with a schema", "response_format.type");
                return null;
            default:
                faults.Invalid("must be text or json_schema", "response_format.type");
                return null;
        }
    }

    private static JsonElement? SchemaOf(JsonElement format) =>
        format.TryGetProperty("json_schema", out var named)
        && named.ValueKind == JsonValueKind.Object
        && named.TryGetProperty("schema", out var schema)
        && schema.ValueKind == JsonValueKind.Object
            ? schema
            : null;

    private static int AddCapped(int tokens, int more) => (int)Math.Min((long)tokens + more, int.MaxValue);
}
