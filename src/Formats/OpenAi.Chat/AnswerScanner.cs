using System.Text.Json;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats.OpenAi.Chat;

/// <summary>
/// The common parts of the skims of whole answers and chunks. Each method reads one value and returns false if it is not as documented.
/// </summary>
internal static class AnswerScanner
{
    /// <summary>The depth limit of the canonical form.</summary>
    public const int MaxDepth = 128;

    /// <summary>Reads a text that is not empty.</summary>
    public static bool TryString(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.String && !reader.ValueSpan.IsEmpty;
    }

    /// <summary>Reads a text or null.</summary>
    /// <param name="reader">The reader, before the value.</param>
    /// <param name="hasText">Whether there is a text that is not empty.</param>
    public static bool TryText(ref Utf8JsonReader reader, out bool hasText)
    {
        reader.Read();
        hasText = reader.TokenType == JsonTokenType.String && !reader.ValueSpan.IsEmpty;
        return reader.TokenType is JsonTokenType.String or JsonTokenType.Null;
    }

    /// <summary>Reads the time of an answer. The canonical form replaces an invalid one.</summary>
    public static bool TryCreated(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var created) && created > 0;
    }

    /// <summary>Reads the value of <c>object</c>.</summary>
    public static bool TryObjectType(ref Utf8JsonReader reader, ReadOnlySpan<byte> documented)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.String && reader.ValueTextEquals(documented);
    }

    /// <summary>Reads the service tier, or null.</summary>
    public static bool TryTier(ref Utf8JsonReader reader, out string? tier)
    {
        reader.Read();
        tier = reader.TokenType == JsonTokenType.String && !reader.ValueIsEscaped ? NameOf(reader.ValueSpan) : null;
        return tier is not null || reader.TokenType == JsonTokenType.Null;
    }

    /// <summary>Reads a possible usage, or null.</summary>
    public static bool TryUsage(ref Utf8JsonReader reader, out ChatUsage? usage)
    {
        usage = null;
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return reader.TokenType == JsonTokenType.Null;
        }

        var (prompt, completion, total) = (0, -1, 0);
        var (promptDetails, completionDetails) = (default(PromptTokensDetails), default(CompletionTokensDetails));
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isRead = reader.ValueTextEquals("prompt_tokens"u8) ? TryCount(ref reader, out prompt)
                : reader.ValueTextEquals("completion_tokens"u8) ? TryCount(ref reader, out completion)
                : reader.ValueTextEquals("total_tokens"u8) ? TryCount(ref reader, out total)
                : reader.ValueTextEquals("prompt_tokens_details"u8) ? TryPromptDetails(ref reader, out promptDetails)
                : reader.ValueTextEquals("completion_tokens_details"u8) ? TryCompletionDetails(ref reader, out completionDetails)
                : reader.TrySkip();
            if (!isRead)
            {
                return false;
            }
        }

        if (prompt <= 0 || completion < 0 || total < (long)prompt + completion)
        {
            return false;
        }

        usage = new()
        {
            PromptTokens = prompt,
            CompletionTokens = completion,
            TotalTokens = total,
            PromptTokensDetails = promptDetails,
            CompletionTokensDetails = completionDetails,
        };
        return true;
    }

    /// <summary>Reads a tool call, or a fragment of one, after its opening brace.</summary>
    public static bool TryCall(ref Utf8JsonReader reader, out CallSkim call)
    {
        call = default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isRead = true;
            if (reader.ValueTextEquals("index"u8))
            {
                reader.Read();
                isRead = call.HasIndex = reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var index) && index >= 0;
            }
            else if (reader.ValueTextEquals("id"u8))
            {
                isRead = TryText(ref reader, out call.HasId);
            }
            else if (reader.ValueTextEquals("type"u8))
            {
                isRead = TryText(ref reader, out call.HasType);
            }
            else if (reader.ValueTextEquals("function"u8))
            {
                reader.Read();
                isRead = reader.TokenType == JsonTokenType.StartObject && TryFunction(ref reader, ref call);
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

        return true;
    }

    private static bool TryFunction(ref Utf8JsonReader reader, ref CallSkim call)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isRead = true;
            if (reader.ValueTextEquals("name"u8))
            {
                isRead = TryText(ref reader, out call.HasName);
                call.Name = call.HasName ? TextSlice.At(reader) : default;
            }
            else if (reader.ValueTextEquals("arguments"u8))
            {
                isRead = TryText(ref reader, out _) && reader.TokenType == JsonTokenType.String;
                call.HasArguments = isRead;
                call.Arguments = isRead ? TextSlice.At(reader) : default;
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

        return true;
    }

    private static bool TryPromptDetails(ref Utf8JsonReader reader, out PromptTokensDetails? details)
    {
        details = null;
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return reader.TokenType == JsonTokenType.Null;
        }

        var (cached, written, writtenForAnHour) = (default(int?), default(int?), default(int?));
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isRead = reader.ValueTextEquals("cached_tokens"u8) ? TryDetail(ref reader, out cached)
                : reader.ValueTextEquals("cache_write_tokens"u8) ? TryDetail(ref reader, out written)
                : reader.ValueTextEquals("cache_write_1h_tokens"u8) ? TryDetail(ref reader, out writtenForAnHour)
                : TryOtherDetail(ref reader);
            if (!isRead)
            {
                return false;
            }
        }

        details = cached is null && written is null && writtenForAnHour is null
            ? null
            : new() { CachedTokens = cached, CacheWriteTokens = written, CacheWrite1hTokens = writtenForAnHour };
        return true;
    }

    private static bool TryCompletionDetails(ref Utf8JsonReader reader, out CompletionTokensDetails? details)
    {
        details = null;
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return reader.TokenType == JsonTokenType.Null;
        }

        var reasoning = default(int?);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!(reader.ValueTextEquals("reasoning_tokens"u8) ? TryDetail(ref reader, out reasoning) : TryOtherDetail(ref reader)))
            {
                return false;
            }
        }

        details = reasoning is null ? null : new() { ReasoningTokens = reasoning };
        return true;
    }

    private static bool TryDetail(ref Utf8JsonReader reader, out int? count)
    {
        var isCount = TryCount(ref reader, out var known);
        count = isCount ? known : null;
        return isCount || reader.TokenType == JsonTokenType.Null;
    }

    // Some details have their own price (audio). A count of 0 costs nothing.
    private static bool TryOtherDetail(ref Utf8JsonReader reader) =>
        (TryCount(ref reader, out var count) && count == 0) || reader.TokenType == JsonTokenType.Null;

    private static bool TryCount(ref Utf8JsonReader reader, out int count)
    {
        reader.Read();
        count = 0;
        return reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out count);
    }

    // The usual tier needs no new string for each answer.
    private static string NameOf(ReadOnlySpan<byte> tier) => tier.SequenceEqual("default"u8) ? "default" : System.Text.Encoding.UTF8.GetString(tier);
}

/// <summary>The result of the skim of a tool call.</summary>
internal struct CallSkim
{
    public bool HasIndex;
    public bool HasId;
    public bool HasType;
    public bool HasName;
    public bool HasArguments;
    public TextSlice Name;
    public TextSlice Arguments;
}

/// <summary>The position of a text in the skimmed bytes, without its quotes and still escaped.</summary>
public readonly record struct TextSlice(int Start, int Length)
{
    internal int End => Start + Length;

    internal static TextSlice At(in Utf8JsonReader reader) => new((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);
}
