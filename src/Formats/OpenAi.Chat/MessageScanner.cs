using System.Text.Json;

namespace Prism.Formats.OpenAi.Chat;

/// <summary>The messages of a request, as a <see cref="RequestSkim"/> reads them.</summary>
internal static class MessageScanner
{
    /// <summary>The value of <c>messages</c>.</summary>
    public static bool TryMessages(ref JsonScan json, out int messages)
    {
        messages = 0;
        if (!json.TryStart(JsonTokenType.StartArray))
        {
            return false;
        }

        while (json.Reader.Read() && json.Reader.TokenType != JsonTokenType.EndArray)
        {
            if (json.Reader.TokenType != JsonTokenType.StartObject || !TryMessage(ref json))
            {
                return false;
            }

            messages++;
        }

        return true;
    }

    private static bool TryMessage(ref JsonScan json)
    {
        var first = json.OpenNames;
        var (role, hasContent, hasCalls, hasCallId, hasMore) = (Role.None, false, false, false, false);
        while (json.Reader.Read() && json.Reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!json.TryName(first, isPlain: true))
            {
                return false;
            }

            var name = json.Reader.ValueSpan;
            var isRead = name.Length switch
            {
                4 when name.SequenceEqual("role"u8) => TryRole(ref json, out role),
                4 when name.SequenceEqual("name"u8) => json.TryText(),
                7 when name.SequenceEqual("content"u8) => TryContent(ref json, out hasContent),
                10 when name.SequenceEqual("tool_calls"u8) => TryCalls(ref json, out hasCalls),
                12 when name.SequenceEqual("tool_call_id"u8) => json.TryText(out hasCallId),
                17 when name.SequenceEqual("reasoning_content"u8) => json.TryText(),
                _ => (hasMore = true) && json.TryUnknown(plainLevels: 1),
            };
            if (!isRead)
            {
                return false;
            }
        }

        json.OpenNames = first;
        return role switch
        {
            Role.None => false,
            Role.Assistant => hasContent || hasCalls || hasMore,
            Role.Tool => hasContent && hasCallId,
            _ => hasContent,
        };
    }

    private static bool TryRole(ref JsonScan json, out Role role)
    {
        json.Reader.Read();
        role = json.Reader.TokenType != JsonTokenType.String ? Role.None
            : json.Reader.ValueTextEquals("user"u8) ? Role.Other
            : json.Reader.ValueTextEquals("assistant"u8) ? Role.Assistant
            : json.Reader.ValueTextEquals("system"u8) ? Role.Other
            : json.Reader.ValueTextEquals("tool"u8) ? Role.Tool
            : json.Reader.ValueTextEquals("developer"u8) ? Role.Other
            : Role.None;
        return role != Role.None;
    }

    private static bool TryContent(ref JsonScan json, out bool hasContent)
    {
        hasContent = true;
        json.Reader.Read();
        switch (json.Reader.TokenType)
        {
            case JsonTokenType.Null:
                hasContent = false;
                return true;
            case JsonTokenType.String:
                return json.IsText() && json.CountText();
            case JsonTokenType.StartArray:
                return TryParts(ref json);
            default:
                return false;
        }
    }

    private static bool TryParts(ref JsonScan json)
    {
        var parts = 0;
        while (json.Reader.Read() && json.Reader.TokenType != JsonTokenType.EndArray)
        {
            if (json.Reader.TokenType != JsonTokenType.StartObject || !TryPart(ref json))
            {
                return false;
            }

            // A line break separates two parts.
            json.TextBytes += parts++ == 0 ? 0 : 1;
        }

        return parts > 0;
    }

    private static bool TryPart(ref JsonScan json)
    {
        var first = json.OpenNames;
        var (hasType, isText, isImage, hasText, hasUrl) = (false, false, false, false, false);
        while (json.Reader.Read() && json.Reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!json.TryName(first, isPlain: true))
            {
                return false;
            }

            var isRead = true;
            if (json.Reader.ValueTextEquals("type"u8))
            {
                json.Reader.Read();
                hasType = json.Reader.TokenType == JsonTokenType.String && json.IsText();
                (isText, isImage) = (hasType && json.Reader.ValueTextEquals("text"u8), hasType && json.Reader.ValueTextEquals("image_url"u8));
            }
            else if (json.Reader.ValueTextEquals("text"u8))
            {
                isRead = json.TryText(out hasText);
            }
            else if (json.Reader.ValueTextEquals("image_url"u8))
            {
                isRead = TryImage(ref json, out hasUrl);
            }
            else if (json.Reader.ValueTextEquals("cache_control"u8))
            {
                isRead = json.CountText() && json.TryShown(plainLevels: 0, out _);
            }
            else
            {
                json.Reader.Read();
                json.IsPlain = false;
                isRead = json.TrySkip(plainLevels: 1);
            }

            if (!isRead)
            {
                return false;
            }
        }

        json.OpenNames = first;
        json.IsPlain &= isText && !hasUrl;
        return hasType && (!isText || hasText) && (!isImage || hasUrl);
    }

    private static bool TryImage(ref JsonScan json, out bool hasUrl)
    {
        hasUrl = false;
        json.Reader.Read();
        if (json.Reader.TokenType == JsonTokenType.Null)
        {
            return true;
        }

        if (json.Reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        var first = json.OpenNames;
        json.IsPlain = false;
        while (json.Reader.Read() && json.Reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!json.TryName(first, isPlain: true))
            {
                return false;
            }

            var isRead = json.Reader.ValueTextEquals("url"u8) ? json.TryText(out hasUrl)
                : json.Reader.ValueTextEquals("detail"u8) ? json.TryText()
                : json.Reader.Read() && json.TrySkip(plainLevels: 0);
            if (!isRead)
            {
                return false;
            }
        }

        json.OpenNames = first;
        return true;
    }

    private static bool TryCalls(ref JsonScan json, out bool hasCalls)
    {
        hasCalls = json.TryStart(JsonTokenType.StartArray);
        if (!hasCalls)
        {
            return json.Reader.TokenType == JsonTokenType.Null;
        }

        while (json.Reader.Read() && json.Reader.TokenType != JsonTokenType.EndArray)
        {
            if (json.Reader.TokenType != JsonTokenType.StartObject || !TryCall(ref json))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryCall(ref JsonScan json)
    {
        var first = json.OpenNames;
        var (hasId, hasFunction) = (false, false);
        while (json.Reader.Read() && json.Reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!json.TryName(first, isPlain: true))
            {
                return false;
            }

            var isRead = json.Reader.ValueTextEquals("id"u8) ? json.TryText(out hasId)
                : json.Reader.ValueTextEquals("type"u8) ? ToolScanner.TryFunctionType(ref json)
                : json.Reader.ValueTextEquals("function"u8) ? ToolScanner.TryFunction(ref json, isDefinition: false, out hasFunction)
                // A client that returns streamed calls sends the index too.
                : json.Reader.ValueTextEquals("index"u8) ? json.CountText() && json.TryInt(0, int.MaxValue, out _) && json.CountText()
                : json.TryUnknown(plainLevels: 0);
            if (!isRead)
            {
                return false;
            }
        }

        json.OpenNames = first;
        return hasId && hasFunction;
    }

    private enum Role
    {
        None,
        Other,
        Assistant,
        Tool,
    }
}
