using Prism.Grains.Interfaces.Chat;
using Prism.Providers;

namespace Prism.Pipeline;

/// <summary>A provider and a model of it.</summary>
/// <param name="Provider">The provider that is called.</param>
/// <param name="Model">By the provider's own name.</param>
internal readonly record struct ChatTarget(IChatProvider Provider, string Model)
{
    /// <summary>A provider with one of its models, or its default one.</summary>
    public static ChatTarget Of(IChatProvider provider, string? model = null) => new(
        provider,
        // What answers in the process is its own model, whatever it is called by.
        string.IsNullOrEmpty(model) || provider.Options.Type?.IsInProcess is true ? provider.Options.DefaultModel : model);

    /// <summary>The same for the caller to know.</summary>
    public AnswerInfo ToRoute() => new() { Provider = Provider.Options.Name, Model = Model };
}
