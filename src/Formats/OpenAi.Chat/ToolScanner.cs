using System.Text.Json;

namespace Prism.Formats.OpenAi.Chat;

/// <summary>The tools of a request, and the functions of tools and calls, as a <see cref="RequestSkim"/> reads them.</summary>
internal static class ToolScanner
{
    /// <summary>The value of <c>tools</c>, or null.</summary>
    public static bool TryTools(ref JsonScan json, out int tools)
    {
        tools = 0;
        if (!json.TryStart(JsonTokenType.StartArray))
        {
            return json.Reader.TokenType == JsonTokenType.Null;
        }

        while (json.Reader.Read() && json.Reader.TokenType != JsonTokenType.EndArray)
        {
            if (json.Reader.TokenType != JsonTokenType.StartObject || !TryTool(ref json))
            {
                return false;
            }

            tools++;
        }

        return true;
    }

    private static bool TryTool(ref JsonScan json)
    {
        var first = json.OpenNames;
        var (hasType, hasFunction) = (false, false);
        while (json.Reader.Read() && json.Reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!json.TryName(first, isPlain: true))
            {
                return false;
            }

            var isRead = json.Reader.ValueTextEquals("type"u8) ? (hasType = true) && TryFunctionType(ref json)
                : json.Reader.ValueTextEquals("function"u8) ? TryFunction(ref json, isDefinition: true, out hasFunction)
                : json.TryUnknown(plainLevels: 0);
            if (!isRead)
            {
                return false;
            }
        }

        json.OpenNames = first;
        return hasType && hasFunction;
    }

    /// <summary>The type of a tool or a call. The canonical form handles other types than functions.</summary>
    public static bool TryFunctionType(ref JsonScan json)
    {
        json.Reader.Read();
        return json.Reader.TokenType == JsonTokenType.String && json.Reader.ValueTextEquals("function"u8) && json.CountText();
    }

    /// <summary>The function of a tool or of a call.</summary>
    public static bool TryFunction(ref JsonScan json, bool isDefinition, out bool hasName)
    {
        hasName = false;
        if (!json.TryStart(JsonTokenType.StartObject))
        {
            return false;
        }

        var first = json.OpenNames;
        while (json.Reader.Read() && json.Reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!json.TryName(first, isPlain: true))
            {
                return false;
            }

            var isRead = json.Reader.ValueTextEquals("name"u8) ? json.TryText(out hasName)
                : !isDefinition ? (json.Reader.ValueTextEquals("arguments"u8) ? json.TryText() : json.TryUnknown(plainLevels: 0))
                : json.Reader.ValueTextEquals("description"u8) ? json.TryText()
                : json.Reader.ValueTextEquals("parameters"u8) ? json.TryShown(plainLevels: 0, out _)
                : json.Reader.ValueTextEquals("strict"u8) ? json.CountText() && json.TryBool(out _) && json.CountText()
                : json.TryUnknown(plainLevels: 0);
            if (!isRead)
            {
                return false;
            }
        }

        json.OpenNames = first;
        return true;
    }
}
