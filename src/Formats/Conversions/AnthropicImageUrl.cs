using System.Buffers.Text;
using Prism.Formats.Anthropic.Messages;

namespace Prism.Formats.Conversions;

/// <summary>Reads the address of an image, which may be the image itself. Source of the form: RFC 2397.</summary>
internal static class AnthropicImageUrl
{
    private const string Scheme = "data:";

    /// <summary>Null where it is neither an address on the web nor a base64 data URL.</summary>
    public static AnthropicImageSource? Read(string? url)
    {
        if (url is not null && url.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return ReadData(url.AsSpan(Scheme.Length));
        }

        return Uri.TryCreate(url, UriKind.Absolute, out var address)
            && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp)
            ? new() { Type = "url", Url = url }
            : null;
    }

    private static AnthropicImageSource? ReadData(ReadOnlySpan<char> url)
    {
        var comma = url.IndexOf(',');
        if (comma < 0 || !url[..comma].EndsWith(";base64", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        // Between the type and ";base64" there may be parameters, which say nothing of an image.
        var type = url[..url.IndexOf(';')];
        var data = url[(comma + 1)..];
        return type.Contains('/') && !data.IsEmpty && Base64.IsValid(data)
            ? new() { Type = "base64", MediaType = type.ToString(), Data = data.ToString() }
            : null;
    }
}
