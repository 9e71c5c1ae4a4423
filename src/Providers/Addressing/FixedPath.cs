namespace Prism.Providers.Addressing;

/// <summary>The same path for every call.</summary>
/// <param name="path">The path, relative to a base URL.</param>
/// <param name="version">
/// A prefix of the path, unless the base URL already ends with it: a vendor's own base URL may have no version in it, but those of other servers of its type often do. Null: none.
/// </param>
internal sealed class FixedPath(string path, string? version = null) : IAddressing
{
    public ICallAddress At(string baseUrl) => new FixedAddress(new Uri(
        version is null || baseUrl.EndsWith('/' + version, StringComparison.OrdinalIgnoreCase) ? $"{baseUrl}/{path}" : $"{baseUrl}/{version}/{path}"));

    private sealed class FixedAddress(Uri address) : ICallAddress
    {
        public string Authority { get; } = address.Authority;

        public Uri For(string? model, bool stream) => address;
    }
}
