using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Memory;

namespace Prism.Pipeline.Caching;

/// <summary>
/// The hash that calls share if they may have the same answer: SHA-256 over the canonical JSON of <c>["prism-1", scope, provider, request]</c>. The
/// request is hashed as it would be sent, so that unknown and future parameters are in the hash too. Only parameters that are known not to change the
/// answer are omitted.
/// </summary>
internal static class PromptHash
{
    /// <summary>Changes with the hashed form, so that entries of different forms never collide.</summary>
    private const string Form = "prism-1";

    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 256, SkipValidation = true };

    /// <summary>The hash, in 43 characters of Base64Url.</summary>
    /// <param name="scope">The scope in which answers are shared: calls of different scopes share nothing.</param>
    /// <param name="provider">The provider that is called.</param>
    /// <param name="request">The request, with its model set.</param>
    public static string Of(string scope, string provider, ChatRequest request)
    {
        using var canonical = new PooledBuffer();
        Write(canonical, scope, provider, request);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(canonical.Written, hash);
        return Base64Url.EncodeToString(hash);
    }

    /// <summary>Writes the hashed text.</summary>
    internal static void Write(PooledBuffer output, string scope, string provider, ChatRequest request)
    {
        using var json = new PooledBuffer();
        using (var writer = new Utf8JsonWriter(json, WriterOptions))
        {
            writer.WriteStartArray();
            writer.WriteStringValue(Form);
            writer.WriteStringValue(scope);
            writer.WriteStringValue(provider);
            JsonSerializer.Serialize(writer, request, ChatJson.Lenient.ChatRequest);
            writer.WriteEndArray();
        }

        new CanonicalJson(output, IsLeftOut).Write(json.Written);
    }

    // The delivery of the answer, the end user, and hints for the provider's own prompt cache.
    private static bool IsLeftOut(ReadOnlySpan<byte> property, int depth) =>
        depth == 1
        && (property.SequenceEqual("stream"u8)
            || property.SequenceEqual("stream_options"u8)
            || property.SequenceEqual("user"u8)
            || property.SequenceEqual("safety_identifier"u8)
            || property.SequenceEqual("metadata"u8)
            || property.SequenceEqual("prompt_cache_key"u8));
}
