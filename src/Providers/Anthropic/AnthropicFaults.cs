using Prism.Chat;

namespace Prism.Providers.Anthropic;

/// <summary>Gathers what of a request cannot be said to Anthropic. The first fault is what the caller is told.</summary>
internal sealed class AnthropicFaults(string provider)
{
    public ChatError? First { get; private set; }

    /// <summary>The request cannot be right.</summary>
    public void Invalid(string message, string param) => First ??= ChatError.Invalid(message, param);

    /// <summary>The request may be right, but not for this vendor.</summary>
    public void Unsupported(string what, string param) =>
        First ??= ChatError.Invalid($"Provider '{provider}' does not support {what}.", param, "unsupported_parameter");
}
