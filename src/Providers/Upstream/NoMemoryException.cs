namespace Prism.Providers.Upstream;

/// <summary>
/// The memory budget has no room for the provider's answer. An exception, because it occurs below the readers of streams;
/// <see cref="UpstreamErrors"/> converts it to an error.
/// </summary>
internal sealed class NoMemoryException() : Exception("There is no room in the memory budget.");
