using System.Collections.Immutable;
using System.Text.Json;
using Prism.Formats.Ollama;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats.Conversions;

/// <summary>Says what the model may call in Ollama's words.</summary>
internal static class OllamaTools
{
    // Ollama reads the parameters into a structure that is never absent: without this a function would have a schema of no type.
    private static readonly JsonElement NoParameters = JsonElement.Parse("""{"type":"object","properties":{}}""");

    /// <summary>Null: the model may call nothing.</summary>
    public static ImmutableArray<OllamaTool>? Create(ChatRequest request, OllamaRefusal refusal)
    {
        if (request.Tools is not { IsDefaultOrEmpty: false } tools)
        {
            return null;
        }

        ImmutableArray<OllamaTool> translated = [.. tools.Select((tool, index) => Create(tool, $"tools[{index}]", refusal))];
        return OllamaParameters.WantsNoTools(request) ? null : translated;
    }

    private static OllamaTool Create(ToolDefinition tool, string path, OllamaRefusal refusal)
    {
        if (tool.Type is not (null or OllamaTool.FunctionType))
        {
            refusal.AddUnsupported(path + ".type", "a tool can only be a function");
        }

        if (tool.Function is not { Name: { Length: > 0 } name } function)
        {
            refusal.AddInvalid(path + ".function.name", "is missing");
            return new(OllamaTool.FunctionType, new("", null, NoParameters));
        }

        if (function.Strict is true)
        {
            refusal.AddUnsupported(path + ".function.strict", "arguments may differ from their schema");
        }

        refusal.AddUnknown(tool.Extra, path);
        refusal.AddUnknown(function.Extra, path + ".function");
        return new(OllamaTool.FunctionType, new(name, function.Description, function.Parameters ?? NoParameters));
    }
}
