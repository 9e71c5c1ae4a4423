using System.Text.Json;

namespace Prism.Formats.OpenAi.Chat;

/// <summary>
/// A chunk of a streamed answer in OpenAI's format, read by one pass over its bytes. A skim accepts only a chunk of one choice that can go to a
/// client unchanged; any other chunk is parsed into its canonical form.
/// </summary>
public struct ChunkSkim
{
    /// <summary>The most texts that one chunk may have: content, reasoning, refusal, and one fragment of a call.</summary>
    public const int MostTexts = 4;

    private Texts _texts;
    private int _textCount;

    /// <summary>The index of its choice.</summary>
    public int Index { get; private set; }

    /// <summary>Whether it has output of the model.</summary>
    public bool HasOutput { get; private set; }

    /// <summary>Whether its choice ends with it.</summary>
    public bool IsFinish { get; private set; }

    /// <summary>The service tier that it reports; null if it reports none.</summary>
    public string? Tier { get; private set; }

    /// <summary>The texts in it whose tokens count.</summary>
    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public readonly ReadOnlySpan<TextSlice> Output => ((ReadOnlySpan<TextSlice>)_texts)[.._textCount];

    /// <summary>The random text, if it comes after the output, that some servers pad a chunk with; empty if there is none.</summary>
    internal TextSlice Padding { get; private set; }

    /// <summary>Reads the data of an event.</summary>
    /// <param name="data">Valid UTF-8.</param>
    /// <param name="skim">The result.</param>
    /// <returns>False if the data has to be parsed into its canonical form instead.</returns>
    public static bool TryRead(ReadOnlySpan<byte> data, out ChunkSkim skim)
    {
        skim = default;
        var reader = new Utf8JsonReader(data, new JsonReaderOptions { MaxDepth = AnswerScanner.MaxDepth });
        try
        {
            return skim.TryRead(ref reader) && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>The skim of a chunk that only differs in the length of its one text and its padding.</summary>
    internal readonly ChunkSkim WithText(int length)
    {
        var skim = this;
        skim._texts[0] = new(_texts[0].Start, length);
        skim.Padding = default;
        return skim;
    }

    private bool TryRead(ref Utf8JsonReader reader)
    {
        var (hasId, hasObject, hasModel, hasCreated, hasChoice) = (false, false, false, false, false);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueSpan;
            var isRead = name.Length switch
            {
                2 when name.SequenceEqual("id"u8) => hasId = AnswerScanner.TryString(ref reader),
                5 when name.SequenceEqual("model"u8) => hasModel = AnswerScanner.TryString(ref reader),
                5 when name.SequenceEqual("error"u8) => false,
                // The usage belongs to the last frame, which is canonical.
                5 when name.SequenceEqual("usage"u8) => reader.Read() && reader.TokenType == JsonTokenType.Null,
                6 when name.SequenceEqual("object"u8) => hasObject = AnswerScanner.TryObjectType(ref reader, "chat.completion.chunk"u8),
                7 when name.SequenceEqual("created"u8) => hasCreated = AnswerScanner.TryCreated(ref reader),
                7 when name.SequenceEqual("choices"u8) => hasChoice = TryChoices(ref reader),
                11 when hasChoice && name.SequenceEqual("obfuscation"u8) => TryPadding(ref reader),
                12 when name.SequenceEqual("service_tier"u8) => TryTier(ref reader),
                _ => reader.TrySkip(),
            };
            if (!isRead)
            {
                return false;
            }
        }

        return hasId && hasObject && hasModel && hasCreated && hasChoice;
    }

    // Any type is valid: nothing depends on it.
    private bool TryPadding(ref Utf8JsonReader reader)
    {
        reader.Read();
        Padding = reader.TokenType == JsonTokenType.String ? TextSlice.At(reader) : default;
        return reader.TrySkip();
    }

    private bool TryTier(ref Utf8JsonReader reader)
    {
        var isRead = AnswerScanner.TryTier(ref reader, out var tier);
        Tier = tier;
        return isRead;
    }

    private bool TryChoices(ref Utf8JsonReader reader) =>
        reader.Read() && reader.TokenType == JsonTokenType.StartArray
        && reader.Read() && reader.TokenType == JsonTokenType.StartObject
        && TryChoice(ref reader)
        && reader.Read() && reader.TokenType == JsonTokenType.EndArray;

    private bool TryChoice(ref Utf8JsonReader reader)
    {
        var (hasIndex, hasDelta) = (false, false);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isRead = true;
            if (reader.ValueTextEquals("delta"u8))
            {
                isRead = hasDelta = reader.Read() && reader.TokenType == JsonTokenType.StartObject && TryDelta(ref reader);
            }
            else if (reader.ValueTextEquals("index"u8))
            {
                reader.Read();
                isRead = hasIndex = reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var index) && index >= 0;
                Index = isRead ? reader.GetInt32() : 0;
            }
            else if (reader.ValueTextEquals("finish_reason"u8))
            {
                isRead = AnswerScanner.TryText(ref reader, out var isFinish) && (isFinish || reader.TokenType == JsonTokenType.Null);
                IsFinish = isFinish;
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

        HasOutput |= IsFinish;
        return hasIndex && hasDelta;
    }

    private bool TryDelta(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isRead = true;
            if (reader.ValueTextEquals("content"u8) || reader.ValueTextEquals("refusal"u8) || reader.ValueTextEquals("reasoning_content"u8))
            {
                isRead = AnswerScanner.TryText(ref reader, out var hasText) && (!hasText || TryAdd(TextSlice.At(reader)));
            }
            else if (reader.ValueTextEquals("role"u8))
            {
                isRead = AnswerScanner.TryText(ref reader, out _);
            }
            else if (reader.ValueTextEquals("tool_calls"u8))
            {
                isRead = TryCalls(ref reader);
            }
            else
            {
                // A vendor's own property: only the canonical form decides whether it is output.
                isRead = reader.Read() && reader.TokenType == JsonTokenType.Null;
            }

            if (!isRead)
            {
                return false;
            }
        }

        return true;
    }

    private bool TryCalls(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return reader.TokenType == JsonTokenType.Null;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject
                || !AnswerScanner.TryCall(ref reader, out var call)
                || !call.HasIndex
                // The first fragment of a call must have its id, type and name.
                || (call.HasName && !(call.HasId && call.HasType))
                || (call.HasName && !TryAdd(call.Name))
                || (call.Arguments.Length > 0 && !TryAdd(call.Arguments)))
            {
                return false;
            }

            HasOutput |= call.HasId;
        }

        return true;
    }

    private bool TryAdd(TextSlice text)
    {
        HasOutput = true;
        if (_textCount == MostTexts)
        {
            return false;
        }

        _texts[_textCount++] = text;
        return true;
    }

    [System.Runtime.CompilerServices.InlineArray(MostTexts)]
    private struct Texts
    {
        private TextSlice _first;
    }
}
