namespace Prism.Grains.Interfaces;

/// <summary>Ids that are unique, not secret. <see cref="Guid.NewGuid"/> would call the operating system for each.</summary>
public static class RandomId
{
    private const int Bytes = 16;

    /// <summary>An id: the prefix and 32 hexadecimal digits.</summary>
    public static string New(string prefix)
    {
        Span<byte> id = stackalloc byte[Bytes];
        Random.Shared.NextBytes(id);
        Span<char> digits = stackalloc char[2 * Bytes];
        Convert.TryToHexStringLower(id, digits, out _);
        return string.Concat(prefix, digits);
    }

    /// <summary>The id of an answer whose provider gives it none.</summary>
    public static string OfAnswer() => New("chatcmpl-");
}
