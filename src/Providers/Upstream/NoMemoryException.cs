namespace Prism.Providers.Upstream;

/// <summary>
/// The memory budget has no room for what a provider sends. An exception, because it is found out below the readers of streams; <see cref="UpstreamErrors"/>
/// makes an error of it.
/// </summary>
internal sealed class NoMemoryException() : Exception("There is no room in the memory budget.");
