using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats.Conversions;

/// <summary>Gathers what of a request cannot be said to Anthropic. The first fault is what the caller is told.</summary>
internal sealed class AnthropicFaults(string provider)
{
    public ChatError? First { get; private set; }

    /// <summary>The request cannot be right.</summary>
    /// <param name="what">The rest of a sentence that begins with the field.</param>
    /// <param name="param">The field, as a path.</param>
    public void Invalid(string what, string param) => First ??= ChatError.Invalid($"'{param}' {what}.", param);

    /// <summary>The request may be right, but not for this vendor.</summary>
    /// <param name="what">What the vendor cannot do.</param>
    /// <param name="param">The field that asks for it, as a path.</param>
    public void Unsupported(string what, string param) =>
        First ??= ChatError.Invalid($"Provider '{provider}' does not support {what}.", param, "unsupported_parameter");
}
