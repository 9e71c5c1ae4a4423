using System.Text;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Providers.Telemetry;

/// <summary>The content of an answer, assembled from its pieces, for traces that include content.</summary>
internal sealed class AnswerContent
{
    // In characters. More does not belong in a trace, and an answer may be endless.
    private const int Most = 256 * 1024;

    private readonly SortedDictionary<int, Choice> _choices = [];
    private int _room = Most;

    /// <summary>Whether there is no content.</summary>
    public bool IsEmpty => _choices.Count == 0;

    /// <summary>Adds a choice of a whole answer.</summary>
    public void Add(ChatChoice choice)
    {
        var said = GetChoice(choice.Index);
        Append(said.Reasoning, choice.Message?.ReasoningContent);
        Append(said.Text, choice.Message?.Content);
        Append(said.Text, choice.Message?.Refusal);
        foreach (var call in choice.Message?.ToolCalls ?? [])
        {
            AddCall(said, call);
        }
    }

    /// <summary>Adds a piece of a choice.</summary>
    public void Add(ChatChunkChoice choice)
    {
        var said = GetChoice(choice.Index);
        Append(said.Reasoning, choice.Delta.ReasoningContent);
        Append(said.Text, choice.Delta.Content);
        Append(said.Text, choice.Delta.Refusal);
        foreach (var fragment in choice.Delta.ToolCalls ?? [])
        {
            if (fragment.Index is { } index && index < said.Calls.Count)
            {
                Append(said.Calls[index].Arguments, fragment.Function?.Arguments);
            }
            else
            {
                AddCall(said, fragment);
            }
        }
    }

    /// <summary>The value of <c>gen_ai.output.messages</c>.</summary>
    public string ToJson(IReadOnlyDictionary<int, string> finishReasons) => MessageParts.Write(json =>
    {
        foreach (var (index, choice) in _choices)
        {
            json.WriteStartObject();
            json.WriteString("role", ChatRoles.Assistant);
            json.WriteStartArray("parts");
            MessageParts.WriteText(json, "reasoning", choice.Reasoning.ToString());
            MessageParts.WriteText(json, "text", choice.Text.ToString());
            foreach (var call in choice.Calls)
            {
                MessageParts.WriteCall(json, call.Id, call.Name, call.Arguments.ToString());
            }

            json.WriteEndArray();
            json.WriteString("finish_reason", finishReasons.GetValueOrDefault(index, ""));
            json.WriteEndObject();
        }
    });

    private void AddCall(Choice said, ToolCall begin)
    {
        if (_room > 0)
        {
            var call = new Call(begin);
            said.Calls.Add(call);
            Append(call.Arguments, begin.Function?.Arguments);
        }
    }

    private void Append(StringBuilder text, string? more)
    {
        var taken = Math.Min(more?.Length ?? 0, _room);
        text.Append(more, 0, taken);
        // Pieces without text count too.
        _room -= Math.Max(taken, 1);
        _room = Math.Max(_room, 0);
    }

    private Choice GetChoice(int index)
    {
        if (!_choices.TryGetValue(index, out var choice))
        {
            _choices[index] = choice = new();
        }

        return choice;
    }

    private sealed class Choice
    {
        public StringBuilder Reasoning { get; } = new();

        public StringBuilder Text { get; } = new();

        public List<Call> Calls { get; } = [];
    }

    private sealed class Call(ToolCall begin)
    {
        public string? Id { get; } = begin.Id;

        public string? Name { get; } = begin.Function?.Name;

        public StringBuilder Arguments { get; } = new();
    }
}
