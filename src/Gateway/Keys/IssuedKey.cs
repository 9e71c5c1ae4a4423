using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Prism.Gateway.Keys;

/// <summary>The form of the keys that Prism issues: <c>sk-prism-</c> and 32 random bytes in Base64Url.</summary>
internal static class IssuedKey
{
    private const string Prefix = "sk-prism-";
    private const int Length = 43;

    /// <summary>A new key.</summary>
    public static string Create() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>Whether a text has this form. Other texts are not looked up.</summary>
    public static bool IsPlausible(ReadOnlySpan<char> key) =>
        key.Length == Prefix.Length + Length && key.StartsWith(Prefix, StringComparison.Ordinal) && Base64Url.IsValid(key[Prefix.Length..]);

    /// <summary>The hash of a key, which Prism stores.</summary>
    public static byte[] HashOf(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
