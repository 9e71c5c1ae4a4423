using System.Buffers;
using System.Numerics;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Scriban.Runtime;

namespace Prism.Templates;

/// <summary>
/// Writes values as JSON for a model to read: Scriban's own function escapes every letter that is not ASCII, and what is special in HTML.
/// </summary>
internal static class TemplateJson
{
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <exception cref="ArgumentException">There is a function in it.</exception>
    public static string Write(object? value)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output, WriterOptions))
        {
            Write(writer, value);
        }

        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null or EmptyScriptObject:
                writer.WriteNullValue();
                break;
            case string text:
                writer.WriteStringValue(text);
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
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            case IDictionary<string, object?> members and not IScriptCustomFunction:
                writer.WriteStartObject();
                foreach (var (name, member) in members)
                {
                    writer.WritePropertyName(name);
                    Write(writer, member);
                }

                writer.WriteEndObject();
                break;
            default:
                throw new ArgumentException("Not a value.", nameof(value));
        }
    }
}
