using System.Text;
using System.Text.Json;
using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Chains.Planning;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Grains.Chains.Running;

/// <summary>Puts the pieces of an answer together.</summary>
internal sealed class StepAnswer
{
    private readonly StringBuilder _text = new();
    private bool _refused;

    /// <summary>The provider that answers.</summary>
    public AnswerInfo? Route { get; private set; }

    /// <summary>The usage; null if the answer is incomplete.</summary>
    public ChatUsage? Usage { get; private set; }

    /// <summary>Why it is not whole.</summary>
    public ChatError? Error { get; private set; }

    /// <summary>An answer that did not come.</summary>
    public static StepAnswer Failed(ChatError error) => new() { Error = error };

    /// <summary>Takes an event of the answer.</summary>
    /// <returns>The text that it adds; null for none.</returns>
    public string? Add(ChatStreamEvent streamEvent)
    {
        (Route, Usage, Error) = (streamEvent.Started ?? Route, streamEvent.Completed ?? Usage, streamEvent.Failed ?? Error);
        var text = default(string);
        foreach (var choice in streamEvent.Chunk?.Choices ?? [])
        {
            _refused |= choice.Delta.Refusal is { Length: > 0 };
            if (choice.Delta.Content is { Length: > 0 } piece)
            {
                _text.Append(piece);
                text += piece;
            }
        }

        return text;
    }

    /// <summary>The answer as a step's output, or why it is none.</summary>
    public (JsonElement? Output, ChatError? Error) ToOutput(bool asJson)
    {
        if (Error is not null)
        {
            return (null, Error);
        }

        if (_text.Length == 0)
        {
            return (null, _refused ? ChainErrors.Refused(Route?.Provider) : ChainErrors.NoAnswer(Route?.Provider));
        }

        return asJson ? ParseJson(_text.ToString()) : (JsonSerializer.SerializeToElement(_text.ToString(), ChatJson.Lenient.Find<string>()), null);
    }

    private static (JsonElement? Output, ChatError? Error) ParseJson(string text)
    {
        try
        {
            // Checks its text, too: text that cannot be written again could not be stored.
            return (JsonSerializer.Deserialize(text, ChatJson.Lenient.Find<JsonElement>()), null);
        }
        catch (JsonException)
        {
            return (null, ChainErrors.NotJson());
        }
    }
}
