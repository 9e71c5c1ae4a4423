using System.Text.Json;
using Prism.Formats.Prism.Chains;
using Prism.Grains.Interfaces.Chains;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Templates;

namespace Prism.Grains.Chains.Planning;

/// <summary>The rules for a chain's inputs.</summary>
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

        var bytes = SizeOf(new ChainDefinition { Inputs = inputs }) - """{"steps":[],"inputs":}""".Length;
        return bytes is null ? ChainErrors.NotText()
            : bytes > options.MaxInputBytes ? ChainErrors.InputsTooLarge(bytes.Value, options.MaxInputBytes)
            : null;
    }

    /// <summary>How many bytes of JSON a chain has with its inputs; null where there is text in it that is not Unicode.</summary>
    public static long? SizeOf(ChainDefinition definition)
    {
        try
        {
            return JsonSerializer.SerializeToUtf8Bytes(definition, ChainJson.Lenient.ChainDefinition).Length;
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }
}
