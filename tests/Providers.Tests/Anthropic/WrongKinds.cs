using System.Text.Json.Nodes;

namespace Prism.Tests.Anthropic;

/// <summary>Everything that a sender can get wrong about a JSON text by one value.</summary>
internal static class WrongKinds
{
    private static readonly string[] Kinds = ["null", "true", "-1.5", "1e30", "\"\"", "\"text\"", "\"\\ud800\"", "[]", "[null]", "{}", "{\"type\":null}"];

    /// <summary>The text, once for each value in it and each kind, with the one in the place of the other, and without it.</summary>
    public static IEnumerable<string> Of(string json) => Walk(JsonNode.Parse(json)!).SelectMany(Replace);

    private static IEnumerable<JsonNode> Walk(JsonNode node)
    {
        IEnumerable<JsonNode?> children = node switch
        {
            JsonObject item => item.Select(property => property.Value),
            JsonArray list => list,
            _ => [],
        };
        return children.OfType<JsonNode>().SelectMany(Walk).Prepend(node).ToList();
    }

    private static IEnumerable<string> Replace(JsonNode node)
    {
        const string Mark = "<here>";
        if (node.Parent is not { } parent)
        {
            return Kinds;
        }

        var root = node.Root;
        var (name, index) = parent is JsonObject ? (node.GetPropertyName(), -1) : ("", node.GetElementIndex());
        Put(parent, name, index, Mark);
        var marked = root.ToJsonString();
        Put(parent, name, index, node);
        return Kinds.Select(kind => marked.Replace("\"\\u003Chere\\u003E\"", kind, StringComparison.Ordinal))
            .Append(marked.Replace($"\"{name}\":\"\\u003Chere\\u003E\"", "\"gone\":0", StringComparison.Ordinal));
    }

    private static void Put(JsonNode parent, string name, int index, JsonNode value)
    {
        if (parent is JsonObject item)
        {
            item[name] = value;
        }
        else
        {
            parent.AsArray()[index] = value;
        }
    }
}
