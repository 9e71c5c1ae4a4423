using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Memory;

namespace Prism.Pipeline.Caching;

/// <summary>
/// What two calls have in common when they may have the same answer: SHA-256 over the canonical JSON of
/// <c>["prism-1", scope, provider, request]</c>. The request is hashed as it would be sent, so that a parameter Prism learns of later, or
/// never, is in the hash too; only what is known not to change the answer is left out.
/// </summary>
internal static class PromptHash
{
    /// <summary>To be changed with the form, so that entries of different forms never meet.</summary>
    private const string Form = "prism-1";

    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 256, SkipValidation = true };

    /// <summary>The hash, in 43 characters of Base64Url.</summary>
    /// <param name="scope">Whose answers may be shared: calls of different scopes have nothing in common.</param>
    /// <param name="provider">The provider that is called.</param>
    /// <param name="request">What is asked, with its model set.</param>
    public static string Of(string scope, string provider, ChatRequest request)
    {
        using var canonical = new PooledBuffer();
        Write(canonical, scope, provider, request);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(canonical.Written, hash);
        return Base64Url.EncodeToString(hash);
    }

    /// <summary>Writes what is hashed.</summary>
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

    // How the answer is handed out, on whose behalf it is asked for, and what only helps the provider to find its own prompt cache.
    private static bool IsLeftOut(ReadOnlySpan<byte> property, int depth) =>
        depth == 1
        && (property.SequenceEqual("stream"u8)
            || property.SequenceEqual("stream_options"u8)
            || property.SequenceEqual("user"u8)
            || property.SequenceEqual("safety_identifier"u8)
            || property.SequenceEqual("metadata"u8)
            || property.SequenceEqual("prompt_cache_key"u8));
}
