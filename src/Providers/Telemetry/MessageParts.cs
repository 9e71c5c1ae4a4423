using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Providers.Telemetry;

/// <summary>Messages in the form of span attributes: a list of roles with parts.</summary>
/// <remarks>Source: https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-input-messages.json</remarks>
internal static class MessageParts
{
    private static readonly JsonWriterOptions Written = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The value of <c>gen_ai.input.messages</c>.</summary>
    public static string OfPrompt(ImmutableArray<ChatMessage> messages) => Write(json =>
    {
        foreach (var message in messages)
        {
            json.WriteStartObject();
            json.WriteString("role", message.Role);
            json.WriteStartArray("parts");
            WriteMessage(json, message);
            json.WriteEndArray();
            json.WriteEndObject();
        }
    });

    /// <summary>Writes a list.</summary>
    public static string Write(Action<Utf8JsonWriter> items)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, Written))
        {
            json.WriteStartArray();
            items(json);
            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Writes a text part, unless it is empty.</summary>
    public static void WriteText(Utf8JsonWriter json, string type, string? content)
    {
        if (!string.IsNullOrEmpty(content))
        {
            json.WriteStartObject();
            json.WriteString("type", type);
            json.WriteString("content", content);
            json.WriteEndObject();
        }
    }

    /// <summary>Writes a tool call part.</summary>
    public static void WriteCall(Utf8JsonWriter json, string? id, string? name, string? arguments)
    {
        json.WriteStartObject();
        json.WriteString("type", "tool_call");
        json.WriteString("id", id);
        json.WriteString("name", name);
        json.WriteString("arguments", arguments);
        json.WriteEndObject();
    }

    private static void WriteMessage(Utf8JsonWriter json, ChatMessage message)
    {
        if (message.Role == ChatRoles.Tool)
        {
            json.WriteStartObject();
            json.WriteString("type", "tool_call_response");
            json.WriteString("id", message.ToolCallId);
            json.WriteString("response", message.Content?.ToText());
            json.WriteEndObject();
            return;
        }

        WriteText(json, "reasoning", message.ReasoningContent);
        WriteText(json, "text", message.Content?.Text);
        foreach (var part in message.Content?.Parts ?? [])
        {
            WritePart(json, part);
        }

        foreach (var call in message.ToolCalls ?? [])
        {
            WriteCall(json, call.Id, call.Function?.Name, call.Function?.Arguments);
        }
    }

    // Writes only that there is an image: an inline image has megabytes, which trace stores reject.
    private static void WritePart(Utf8JsonWriter json, ContentPart part)
    {
        if (part.Type == ContentPart.TextType)
        {
            WriteText(json, "text", part.Text);
            return;
        }

        var isAddress = part.ImageUrl?.Url?.StartsWith("http", StringComparison.OrdinalIgnoreCase) == true;
        json.WriteStartObject();
        json.WriteString("type", isAddress ? "uri" : part.Type);
        if (isAddress)
        {
            json.WriteString("modality", "image");
            json.WriteString("uri", part.ImageUrl!.Url);
        }

        json.WriteEndObject();
    }
}
