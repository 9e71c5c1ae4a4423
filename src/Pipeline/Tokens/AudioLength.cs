using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text.Json;

namespace Prism.Pipeline.Tokens;

/// <summary>The longest that audio can be, from its bytes: the header of a WAV states the bytes per second, and an MP3 has at least 1,000.</summary>
internal static class AudioLength
{
    // OpenAI counts 10 tokens a second, Google 32.
    private const long TokensPerSecond = 32;

    // MPEG 2, layer III, at its lowest rate of 8 kbit/s. Lower rates cannot carry speech.
    private const long LeastBytesPerSecond = 1_000;

    private const int HeaderLength = 36;

    /// <summary>The most tokens of an <c>input_audio</c>; null if it is not recognised as audio, and has to be counted as text.</summary>
    public static long? TokensOf(JsonElement audio)
    {
        if (audio.ValueKind != JsonValueKind.Object
            || !audio.TryGetProperty("data", out var data)
            || data.ValueKind != JsonValueKind.String
            || audio.EnumerateObject().Any(property => property.Name is not ("data" or "format")))
        {
            return null;
        }

        var base64 = data.GetString()!;
        Span<byte> header = stackalloc byte[HeaderLength];
        if (base64.Length < HeaderLength / 3 * 4
            || Base64.DecodeFromUtf8(System.Text.Encoding.ASCII.GetBytes(base64, 0, HeaderLength / 3 * 4), header, out _, out _) != System.Buffers.OperationStatus.Done)
        {
            return null;
        }

        return BytesPerSecond(header) is { } rate ? ((base64.Length / 4 * 3 / rate) + 1) * TokensPerSecond : null;
    }

    private static long? BytesPerSecond(ReadOnlySpan<byte> header)
    {
        if (header.StartsWith("ID3"u8) || (header[0] == 0xFF && (header[1] & 0xE0) == 0xE0))
        {
            return LeastBytesPerSecond;
        }

        if (!header.StartsWith("RIFF"u8) || !header[8..].StartsWith("WAVEfmt "u8))
        {
            return null;
        }

        // PCM only, integer or float: the header of compressed audio does not state the true rate.
        var isPlain = BinaryPrimitives.ReadUInt16LittleEndian(header[20..]) is 1 or 3;
        var rate = (long)BinaryPrimitives.ReadUInt32LittleEndian(header[24..]) * BinaryPrimitives.ReadUInt16LittleEndian(header[32..]);
        return isPlain && rate >= LeastBytesPerSecond ? rate : null;
    }
}
