using System.Text.Json;
using Prism.Chat;
using Prism.Templates;

namespace Prism.Chains;

/// <summary>What a chain's inputs have to be.</summary>
internal static class ChainInputs
{
    /// <summary>The first thing that is wrong with them, or null.</summary>
    public static ChatError? Check(ChainDefinition definition, ChainOptions options)
    {
        var inputs = definition.Inputs ?? [];
        foreach (var name in inputs.Keys)
        {
            if (TemplateFunctions.Shared.ContainsKey(name))
            {
                return ChainErrors.InputName(name, "must have another name: this one is a part of the template language");
            }

            if (name == ChainPlanner.Item && definition.Steps.Any(step => step?.ForEach is not null))
            {
                return ChainErrors.InputName(name, "must have another name: with 'for_each', this one is the element");
            }
        }

        var bytes = SizeOf(definition.Inputs);
        return bytes > options.MaxInputBytes ? ChainErrors.InputsTooLarge(bytes, options.MaxInputBytes) : null;
    }

    private static long SizeOf(Dictionary<string, JsonElement>? inputs) => inputs is null
        ? 0
        : JsonSerializer.SerializeToUtf8Bytes(new ChainDefinition { Inputs = inputs }, ChainJson.Lenient.ChainDefinition).Length
            - """{"steps":[],"inputs":}""".Length;
}
