namespace Prism.Gateway.Home;

/// <summary>What the start page links to besides the API's own pages.</summary>
public sealed class HomeOptions
{
    /// <summary>The links, in their order. Default: none.</summary>
    public IList<HomeLink> Links { get; } = [];
}

/// <summary>A link of the start page.</summary>
/// <param name="Name">What it is called, as a property of JSON: <c>metrics</c>.</param>
/// <param name="Path">Where it leads.</param>
/// <param name="Description">What is there.</param>
public sealed record HomeLink(string Name, string Path, string Description);
