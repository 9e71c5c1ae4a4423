namespace Prism.Providers.Addressing;

/// <summary>The same path for every call.</summary>
/// <param name="path">Relative to a base URL.</param>
/// <param name="version">
/// What comes before the path where the base URL does not end with it: a vendor's own base URL may have no version in it, while those of other
/// servers of its type often do. Null: nothing.
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
