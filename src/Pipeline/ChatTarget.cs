using Prism.Grains.Interfaces.Chat;
using Prism.Providers;

namespace Prism.Pipeline;

/// <summary>A provider and a model of it.</summary>
/// <param name="Provider">The provider that is called.</param>
/// <param name="Model">The provider's own name of the model.</param>
internal readonly record struct ChatTarget(IChatProvider Provider, string Model)
{
    /// <summary>A provider with one of its models, or its default one.</summary>
    public static ChatTarget Of(IChatProvider provider, string? model = null) => new(
        provider,
        // A provider in the process has one model, whatever name the request uses.
        string.IsNullOrEmpty(model) || provider.Options.Type?.IsInProcess is true ? provider.Options.DefaultModel : model);

    /// <summary>The same as reported to the caller.</summary>
    public AnswerInfo ToRoute() => new() { Provider = Provider.Options.Name, Model = Model };
}
