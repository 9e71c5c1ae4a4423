using System.Buffers;
using System.Numerics;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Scriban.Runtime;

namespace Prism.Grains.Templates;

/// <summary>
/// Writes values as JSON for a model to read: Scriban's own function escapes all letters outside ASCII, and HTML's special characters.
/// </summary>
internal static class TemplateJson
{
    private const int SegmentLength = 4096;

    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <exception cref="ArgumentException">There is a function in it.</exception>
    /// <exception cref="TemplateLimitException">It would be too long: a character may become six.</exception>
    public static string Write(SandboxContext context, object? value)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output, WriterOptions))
        {
            Write(context, writer, value);
        }

        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static void Write(SandboxContext context, Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null or EmptyScriptObject:
                writer.WriteNullValue();
                break;
            case string text:
                WriteText(context, writer, text);
                break;
            case bool flag:
                writer.WriteBooleanValue(flag);
                break;
            case int or long or BigInteger or decimal:
                writer.WriteRawValue(((IFormattable)value).ToString(null, null));
                break;
            case float or double:
                writer.WriteNumberValue(Convert.ToDouble(value, null));
                break;
            case ScriptArray list:
                writer.WriteStartArray();
                foreach (var item in list)
                {
                    Write(context, writer, item);
                }

                writer.WriteEndArray();
                break;
            case IDictionary<string, object?> members and not IScriptCustomFunction:
                writer.WriteStartObject();
                foreach (var (name, member) in members)
                {
                    WriteName(context, writer, name);
                    Write(context, writer, member);
                }

                writer.WriteEndObject();
                break;
            default:
                throw new ArgumentException("Not a value.", nameof(value));
        }

        ThrowIfTooLong(context, writer);
    }

    private static void WriteText(SandboxContext context, Utf8JsonWriter writer, string text)
    {
        if (text.Length <= SegmentLength)
        {
            writer.WriteStringValue(text);
            return;
        }

        for (var start = 0; start < text.Length; start += SegmentLength)
        {
            var isLast = text.Length - start <= SegmentLength;
            writer.WriteStringValueSegment(text.AsSpan(start, isLast ? text.Length - start : SegmentLength), isLast);
            ThrowIfTooLong(context, writer);
        }
    }

    private static void WriteName(SandboxContext context, Utf8JsonWriter writer, string name)
    {
        if (name.Length > SegmentLength)
        {
            // A name cannot be written in segments.
            BoundedText.ThrowIfTooLong(context, 6L * name.Length);
        }

        writer.WritePropertyName(name);
    }

    // A character has up to three bytes.
    private static void ThrowIfTooLong(SandboxContext context, Utf8JsonWriter writer)
    {
        BoundedText.ThrowIfTooLong(context, (writer.BytesCommitted + writer.BytesPending) / 3);
        context.Spend(context.CurrentSpan, 1);
    }
}
