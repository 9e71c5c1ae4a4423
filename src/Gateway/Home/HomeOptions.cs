namespace Prism.Gateway.Home;

/// <summary>Links of the start page besides those of the API's own pages.</summary>
public sealed class HomeOptions
{
    /// <summary>The links, in their order. Default: none.</summary>
    public IList<HomeLink> Links { get; } = [];
}

/// <summary>A link of the start page.</summary>
/// <param name="Name">Its name, as a property of JSON: <c>metrics</c>.</param>
/// <param name="Path">Its target.</param>
/// <param name="Description">What the reader finds there.</param>
public sealed record HomeLink(string Name, string Path, string Description);
