using System.Collections.Immutable;
using Prism.Formats.Ollama;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats.Conversions;

/// <summary>Converts the tools that the model may call.</summary>
internal static class OllamaTools
{
    /// <summary>Null: the model may call nothing.</summary>
    public static ImmutableArray<OllamaTool>? Create(ChatRequest request, ConversionFaults faults)
    {
        if (request.Tools is not { IsDefaultOrEmpty: false } tools)
        {
            return null;
        }

        ImmutableArray<OllamaTool> translated = [.. tools.Select((tool, index) => Create(tool, $"tools[{index}]", faults))];
        return OllamaParameters.WantsNoTools(request) ? null : translated;
    }

    private static OllamaTool Create(ToolDefinition tool, string path, ConversionFaults faults)
    {
        if (tool.Type is not (null or OllamaTool.FunctionType))
        {
            faults.UnsupportedField(path + ".type", "a tool can only be a function");
        }

        if (tool.Function is not { Name: { Length: > 0 } name } function)
        {
            faults.Invalid("is missing", path + ".function.name");
            return new(OllamaTool.FunctionType, new("", null, FunctionJson.NoParameters));
        }

        if (function.Strict is true)
        {
            faults.UnsupportedField(path + ".function.strict", "arguments may differ from their schema");
        }

        faults.UnsupportedFields(tool.Extra, path);
        faults.UnsupportedFields(function.Extra, path + ".function");
        return new(OllamaTool.FunctionType, new(name, function.Description, function.Parameters ?? FunctionJson.NoParameters));
    }
}
