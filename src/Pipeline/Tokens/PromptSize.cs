using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Pipeline.Tokens;

/// <summary>The bytes of a request as JSON.</summary>
internal static class PromptSize
{
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>The bytes that a provider of OpenAI's format receives.</summary>
    public static long BytesOf(ChatRequest request)
    {
        using var counter = new CountingWriter();
        using var writer = new Utf8JsonWriter(counter, WriterOptions);
        JsonSerializer.Serialize(writer, request with { Template = null, Variables = null, Fallbacks = null }, ChatJson.Lenient.ChatRequest);
        writer.Flush();
        return counter.Count;
    }

    /// <summary>The bytes of JSON as received.</summary>
    public static int BytesOf(JsonElement json) =>
        json.ValueKind == JsonValueKind.Undefined ? 0 : JsonMarshal.GetRawUtf8Value(json).Length;

    private sealed class CountingWriter : IBufferWriter<byte>, IDisposable
    {
        private byte[] _buffer = ArrayPool<byte>.Shared.Rent(1024);

        public long Count { get; private set; }

        public void Advance(int count) => Count += count;

        public Memory<byte> GetMemory(int sizeHint = 0)
        {
            if (sizeHint > _buffer.Length)
            {
                ArrayPool<byte>.Shared.Return(_buffer);
                _buffer = ArrayPool<byte>.Shared.Rent(sizeHint);
            }

            return _buffer;
        }

        public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

        public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);
    }
}
