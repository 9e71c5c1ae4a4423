using System.Buffers.Text;

namespace Prism.Formats.Conversions;

/// <summary>An image or a file in a data URL: <c>data:image/png;base64,iVBORw0…</c>. Source of the form: RFC 2397.</summary>
internal static class DataUrl
{
    private const string Scheme = "data:";
    private const string Base64Marker = ";base64";

    /// <summary>Whether an address is a data URL.</summary>
    public static bool IsOne(string? url) => url?.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) is true;

    /// <summary>The media type, empty if the address has none, and the data in Base64. Null if the data is not in Base64.</summary>
    public static (string Type, string Data)? Read(string url)
    {
        var rest = url.AsSpan(Scheme.Length);
        var comma = rest.IndexOf(',');
        if (comma < 0 || !rest[..comma].EndsWith(Base64Marker, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        // Between the type and ";base64" there may be parameters, which are irrelevant for images.
        var type = rest[..rest.IndexOf(';')];
        var data = rest[(comma + 1)..];
        return !data.IsEmpty && Base64.IsValid(data) ? (type.ToString(), data.ToString()) : null;
    }
}
