using System.Collections.Immutable;
using System.Text.Json;
using Prism.Formats.Anthropic.Messages;
using Prism.Formats.Json;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats.Conversions;

/// <summary>Converts the tools that the model may call, and the tool choice.</summary>
internal static class AnthropicTools
{
    public static ImmutableArray<AnthropicTool>? MapDefinitions(ImmutableArray<ToolDefinition>? tools, ConversionFaults faults) =>
        tools is { IsDefaultOrEmpty: false } some
            ? [.. some.Select((tool, index) => MapDefinition(tool, $"tools[{index}]", faults))]
            : null;

    public static AnthropicToolChoice? MapChoice(ChatRequest request, ConversionFaults faults)
    {
        var choice = ReadChoice(request.ToolChoice, faults);
        if (request.Tools is not { IsDefaultOrEmpty: false })
        {
            if (choice is { Type: "any" or "tool" })
            {
                faults.Invalid("requires a tool call, but there are no tools", "tool_choice");
            }

            // Anthropic rejects a choice without tools.
            return null;
        }

        return request.ParallelToolCalls is false && choice is not { Type: "none" }
            ? (choice ?? new() { Type = "auto" }) with { DisableParallelToolUse = true }
            : choice;
    }

    private static AnthropicTool MapDefinition(ToolDefinition tool, string path, ConversionFaults faults)
    {
        if (tool.Type is not (null or "function"))
        {
            faults.Unsupported("tools of a type other than 'function'", path + ".type");
        }
        else if (string.IsNullOrEmpty(tool.Function?.Name))
        {
            faults.Invalid("is missing", path + ".function.name");
        }

        var inner = AnthropicCacheControl.Extract(tool.Function?.Extra, path + ".function", faults);
        var parameters = tool.Function?.Parameters;
        if (parameters is { ValueKind: not (JsonValueKind.Object or JsonValueKind.Null) })
        {
            faults.Invalid("must be a JSON Schema", path + ".function.parameters");
        }

        return new()
        {
            Name = tool.Function?.Name ?? "",
            Description = tool.Function?.Description,
            InputSchema = parameters is { ValueKind: JsonValueKind.Object } schema ? schema : FunctionJson.NoParameters,
            Strict = tool.Function?.Strict,
            CacheControl = AnthropicCacheControl.Extract(tool.Extra, path, faults) ?? inner,
        };
    }

    private static AnthropicToolChoice? ReadChoice(JsonElement? choice, ConversionFaults faults)
    {
        switch (choice)
        {
            case null or { ValueKind: JsonValueKind.Null }:
                return null;
            case { } word when ReadWord(JsonText.Of(word)) is { } type:
                return new() { Type = type };
            case { } named when JsonText.Of(named, "type") == "function"
                && named.TryGetProperty("function", out var function) && JsonText.Of(function, "name") is { } name:
                return new() { Type = "tool", Name = name };
            default:
                faults.Invalid("must be none, auto, required or a function by its name", "tool_choice");
                return null;
        }
    }

    private static string? ReadWord(string? word) => word switch
    {
        "none" => "none",
        "auto" => "auto",
        "required" => "any",
        _ => null,
    };
}
