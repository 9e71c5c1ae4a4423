using System.Text.Json;
using System.Text.Unicode;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats.OpenAi.Chat;

/// <summary>
/// A whole answer in OpenAI's format, read by one pass over its bytes. A skim accepts only an answer with all properties that a client's SDK reads,
/// in their documented types; any other answer is parsed into its canonical form, which completes missing properties.
/// </summary>
/// <param name="Usage">The usage of the answer.</param>
/// <param name="Tier">The service tier that the answer reports; null if it reports none.</param>
public readonly record struct AnswerSkim(ChatUsage Usage, string? Tier)
{
    /// <summary>Reads a body.</summary>
    /// <returns>Null if the body has to be parsed into its canonical form instead.</returns>
    public static AnswerSkim? TryRead(ReadOnlySpan<byte> body)
    {
        if (!Utf8.IsValid(body))
        {
            return null;
        }

        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = AnswerScanner.MaxDepth });
        try
        {
            return TryRead(ref reader) is { } skim && !reader.Read() ? skim : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static AnswerSkim? TryRead(ref Utf8JsonReader reader)
    {
        var (hasId, hasObject, hasModel, hasCreated, hasChoices) = (false, false, false, false, false);
        var (usage, tier) = (default(ChatUsage), default(string));
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return null;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isRead = true;
            if (reader.ValueTextEquals("id"u8))
            {
                isRead = hasId = AnswerScanner.TryString(ref reader);
            }
            else if (reader.ValueTextEquals("model"u8))
            {
                isRead = hasModel = AnswerScanner.TryString(ref reader);
            }
            else if (reader.ValueTextEquals("created"u8))
            {
                isRead = hasCreated = AnswerScanner.TryCreated(ref reader);
            }
            else if (reader.ValueTextEquals("object"u8))
            {
                isRead = hasObject = AnswerScanner.TryObjectType(ref reader, "chat.completion"u8);
            }
            else if (reader.ValueTextEquals("choices"u8))
            {
                isRead = hasChoices = TryChoices(ref reader);
            }
            else if (reader.ValueTextEquals("usage"u8))
            {
                isRead = AnswerScanner.TryUsage(ref reader, out usage);
            }
            else if (reader.ValueTextEquals("service_tier"u8))
            {
                isRead = AnswerScanner.TryTier(ref reader, out tier);
            }
            else if (reader.ValueTextEquals("error"u8))
            {
                return null;
            }
            else
            {
                reader.Skip();
            }

            if (!isRead)
            {
                return null;
            }
        }

        return hasId && hasObject && hasModel && hasCreated && hasChoices && usage is not null ? new(usage, tier) : null;
    }

    private static bool TryChoices(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return false;
        }

        var choices = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject || !TryChoice(ref reader))
            {
                return false;
            }

            choices++;
        }

        return choices > 0;
    }

    private static bool TryChoice(ref Utf8JsonReader reader)
    {
        var (hasIndex, hasMessage, hasFinish) = (false, false, false);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isRead = true;
            if (reader.ValueTextEquals("index"u8))
            {
                reader.Read();
                isRead = hasIndex = reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out _);
            }
            else if (reader.ValueTextEquals("message"u8))
            {
                reader.Read();
                isRead = hasMessage = reader.TokenType == JsonTokenType.StartObject && TryMessage(ref reader);
            }
            else if (reader.ValueTextEquals("finish_reason"u8))
            {
                isRead = hasFinish = AnswerScanner.TryString(ref reader);
            }
            else if (reader.ValueTextEquals("error"u8))
            {
                return false;
            }
            else
            {
                reader.Skip();
            }

            if (!isRead)
            {
                return false;
            }
        }

        return hasIndex && hasMessage && hasFinish;
    }

    private static bool TryMessage(ref Utf8JsonReader reader)
    {
        var (hasRole, hasContent) = (false, false);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isRead = true;
            if (reader.ValueTextEquals("role"u8))
            {
                isRead = hasRole = AnswerScanner.TryString(ref reader);
            }
            else if (reader.ValueTextEquals("content"u8))
            {
                isRead = hasContent = AnswerScanner.TryText(ref reader, out _);
            }
            else if (reader.ValueTextEquals("refusal"u8) || reader.ValueTextEquals("reasoning_content"u8))
            {
                isRead = AnswerScanner.TryText(ref reader, out _);
            }
            else if (reader.ValueTextEquals("tool_calls"u8))
            {
                isRead = TryCalls(ref reader);
            }
            else
            {
                reader.Skip();
            }

            if (!isRead)
            {
                return false;
            }
        }

        return hasRole && hasContent;
    }

    private static bool TryCalls(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return reader.TokenType == JsonTokenType.Null;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject || !AnswerScanner.TryCall(ref reader, out var call) || call is not { HasId: true, HasType: true, HasName: true, HasArguments: true })
            {
                return false;
            }
        }

        return true;
    }
}
