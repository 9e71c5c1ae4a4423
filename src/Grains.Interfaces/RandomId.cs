namespace Prism;

/// <summary>Ids that are to be unique, not secret: <see cref="Guid.NewGuid"/> asks the operating system for each, which costs ten times as much.</summary>
public static class RandomId
{
    private const int Bytes = 16;

    /// <summary>An id: the prefix and 32 hexadecimal digits.</summary>
    public static string New(string prefix)
    {
        Span<byte> id = stackalloc byte[Bytes];
        Random.Shared.NextBytes(id);
        return prefix + Convert.ToHexStringLower(id);
    }

    /// <summary>The id of an answer whose provider gives it none.</summary>
    public static string OfAnswer() => New("chatcmpl-");
}
