using System.Text;
using System.Text.Json;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Pipeline.Sharing;

/// <summary>Assembles a streamed answer into the whole answer of the same call.</summary>
internal sealed class AnswerAssembly
{
    private readonly SortedDictionary<int, ChoiceAssembly> _choices = [];
    private Dictionary<string, JsonElement>? _extra;
    private string? _id;
    private string? _model;
    private long _created;

    /// <summary>Adds the next chunk.</summary>
    public void Add(ChatChunk chunk)
    {
        _id ??= chunk.Id;
        _model ??= chunk.Model;
        _created = _created == 0 ? chunk.Created : _created;
        Overlay(ref _extra, chunk.Extra);
        foreach (var choice in chunk.Choices)
        {
            if (!_choices.TryGetValue(choice.Index, out var assembly))
            {
                _choices[choice.Index] = assembly = new();
            }

            assembly.Add(choice);
        }
    }

    /// <summary>The whole answer.</summary>
    /// <param name="usage">The usage of the answer.</param>
    public ChatResponse ToResponse(ChatUsage? usage) => new()
    {
        Id = _id,
        Created = _created,
        Model = _model,
        Choices = [.. _choices.Select(choice => choice.Value.ToChoice(choice.Key))],
        Usage = usage,
        Extra = _extra,
    };

    // Other properties than the text are repeated in each chunk, or corrected later: the last value counts.
    private static void Overlay(ref Dictionary<string, JsonElement>? extra, Dictionary<string, JsonElement>? piece)
    {
        foreach (var (name, value) in piece ?? [])
        {
            extra ??= new(StringComparer.Ordinal);
            if (value.ValueKind != JsonValueKind.Null || !extra.ContainsKey(name))
            {
                extra[name] = value;
            }
        }
    }

    private static void Append(ref StringBuilder? text, string? piece) => text = piece is null ? text : (text ?? new()).Append(piece);

    private sealed class ChoiceAssembly
    {
        private readonly JsonPieces _logprobs = new();
        private readonly JsonPropertyPieces _deltaExtra = new();
        private readonly List<CallAssembly> _calls = [];
        private Dictionary<string, JsonElement>? _extra;
        private StringBuilder? _content;
        private StringBuilder? _refusal;
        private StringBuilder? _reasoning;
        private string? _role;
        private string? _finishReason;
        private bool _hasCalls;

        public void Add(ChatChunkChoice choice)
        {
            var delta = choice.Delta;
            _role ??= delta.Role;
            _finishReason = choice.FinishReason ?? _finishReason;
            Append(ref _content, delta.Content);
            Append(ref _refusal, delta.Refusal);
            Append(ref _reasoning, delta.ReasoningContent);
            _hasCalls |= delta.ToolCalls is not null;
            foreach (var fragment in delta.ToolCalls ?? [])
            {
                FindCall(fragment).Add(fragment);
            }

            _logprobs.Add(choice.Logprobs is { ValueKind: JsonValueKind.Null } ? null : choice.Logprobs);
            _deltaExtra.Add(delta.Extra);
            Overlay(ref _extra, choice.Extra);
        }

        public ChatChoice ToChoice(int index) => new()
        {
            Index = index,
            Message = new()
            {
                Role = _role,
                Content = _content?.ToString(),
                Refusal = _refusal?.ToString(),
                ReasoningContent = _reasoning?.ToString(),
                ToolCalls = _hasCalls ? [.. _calls.OrderBy(call => call.Index).Select(call => call.ToCall())] : null,
                Extra = _deltaExtra.Join(),
            },
            Logprobs = _logprobs.Join(),
            FinishReason = _finishReason,
            Extra = _extra,
        };

        // Some servers omit the index and send each call whole.
        private CallAssembly FindCall(ToolCall fragment)
        {
            var call = fragment.Index is { } index ? _calls.Find(one => one.Index == index)
                : fragment.Id is null ? _calls.LastOrDefault()
                : null;
            if (call is null)
            {
                _calls.Add(call = new(fragment.Index ?? _calls.Count));
            }

            return call;
        }
    }

    private sealed class CallAssembly(int index)
    {
        private readonly JsonPropertyPieces _extra = new();
        private readonly JsonPropertyPieces _functionExtra = new();
        private StringBuilder? _arguments;
        private string? _id;
        private string? _type;
        private string? _name;
        private bool _hasFunction;

        public int Index => index;

        public void Add(ToolCall fragment)
        {
            _id ??= fragment.Id;
            _type ??= fragment.Type;
            _extra.Add(fragment.Extra);
            _hasFunction |= fragment.Function is not null;
            _name = string.IsNullOrEmpty(_name) ? fragment.Function?.Name ?? _name : _name;
            Append(ref _arguments, fragment.Function?.Arguments);
            _functionExtra.Add(fragment.Function?.Extra);
        }

        public ToolCall ToCall() => new()
        {
            Id = _id,
            Type = _type,
            Function = _hasFunction ? new() { Name = _name, Arguments = _arguments?.ToString(), Extra = _functionExtra.Join() } : null,
            Extra = _extra.Join(),
        };
    }
}
