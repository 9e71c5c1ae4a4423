using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text;
using Serilog.Events;
using Serilog.Parsing;

namespace Prism.Silo.Logging;

/// <summary>The message of a request's line: what happened, and of what is known about it everything that an operator looks for.</summary>
internal static class RequestMessage
{
    private const string Start = "{Method} {Path} {StatusCode} in {ElapsedMs:0.0} ms";

    // In the order in which they are said; each only where it is known.
    private static readonly (string Property, string Text)[] Facts =
    [
        ("FirstTokenMs", ", first token after {FirstTokenMs:0.0} ms"),
        ("Caller", ", caller {Caller}"),
        ("Provider", ", provider {Provider}"),
        ("Model", ", model {Model}"),
        ("PromptTokens", ", {PromptTokens} prompt tokens"),
        ("CompletionTokens", ", {CompletionTokens} answer tokens"),
        ("CostUsd", ", USD {CostUsd:0.#########}"),
        ("Cache", ", cache {Cache}"),
        ("Attempts", ", attempts {Attempts}"),
        ("Run", ", run {Run}"),
        ("Error", ", error {Error}"),
        ("RequestId", ", {RequestId}"),
    ];

    private static readonly FrozenDictionary<string, int> Places =
        Facts.Select((fact, place) => (fact.Property, place)).ToFrozenDictionary(fact => fact.Property, fact => fact.place, StringComparer.Ordinal);

    private static readonly MessageTemplateParser Parser = new();
    // By which facts are known: there are a few dozen combinations.
    private static readonly ConcurrentDictionary<int, MessageTemplate> Templates = new();

    /// <summary>The template for what is known of a request.</summary>
    public static MessageTemplate TemplateFor(IEnumerable<LogEventProperty> known)
    {
        var facts = 0;
        foreach (var property in known)
        {
            facts |= property.Value is not ScalarValue { Value: null } && Places.TryGetValue(property.Name, out var place) ? 1 << place : 0;
        }

        return Templates.GetOrAdd(facts, Create);
    }

    private static MessageTemplate Create(int facts)
    {
        var template = new StringBuilder(Start);
        for (var i = 0; i < Facts.Length; i++)
        {
            template.Append((facts & (1 << i)) != 0 ? Facts[i].Text : "");
        }

        return Parser.Parse(template.ToString());
    }
}
