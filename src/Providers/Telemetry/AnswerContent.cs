using System.Text;
using Prism.Chat;

namespace Prism.Telemetry;

/// <summary>What an answer says, put together from its pieces, for those who have asked to see it in traces.</summary>
internal sealed class AnswerContent
{
    private readonly SortedDictionary<int, Choice> _choices = [];

    /// <summary>Whether there was none.</summary>
    public bool IsEmpty => _choices.Count == 0;

    /// <summary>A choice of a whole answer.</summary>
    public void Add(ChatChoice choice)
    {
        var said = GetChoice(choice.Index);
        said.Reasoning.Append(choice.Message?.ReasoningContent);
        said.Text.Append(choice.Message?.Content).Append(choice.Message?.Refusal);
        foreach (var call in choice.Message?.ToolCalls ?? [])
        {
            said.Calls.Add(new(call));
        }
    }

    /// <summary>A piece of a choice.</summary>
    public void Add(ChatChunkChoice choice)
    {
        var said = GetChoice(choice.Index);
        said.Reasoning.Append(choice.Delta.ReasoningContent);
        said.Text.Append(choice.Delta.Content).Append(choice.Delta.Refusal);
        foreach (var fragment in choice.Delta.ToolCalls ?? [])
        {
            if (fragment.Index is { } index && index < said.Calls.Count)
            {
                said.Calls[index].Arguments.Append(fragment.Function?.Arguments);
            }
            else
            {
                said.Calls.Add(new(fragment));
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

        public StringBuilder Arguments { get; } = new(begin.Function?.Arguments);
    }
}
