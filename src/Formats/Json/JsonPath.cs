using System.Buffers;
using System.Globalization;
using System.Text;

namespace Prism.Formats.Json;

/// <summary>The path of a value in a body, as in error messages: <c>messages[0].role</c>.</summary>
internal sealed class JsonPath
{
    // The characters that the serializer's own paths quote.
    private static readonly SearchValues<char> Special = SearchValues.Create(". '/\"[]()\t\n\r\f\b\\\u0085\u2028\u2029");

    private readonly List<(string? Name, int Index)> _segments = [];

    public void Enter(string name) => _segments.Add((name, 0));

    public void Enter(int index) => _segments.Add((null, index));

    public void Leave() => _segments.RemoveAt(_segments.Count - 1);

    /// <summary>Null at the body itself.</summary>
    public string? ToParam()
    {
        if (_segments is [] or [({ }, _)])
        {
            return _segments is [var only] ? only.Name : null;
        }

        var path = new StringBuilder();
        foreach (var (name, index) in _segments)
        {
            _ = name is null ? path.Append(CultureInfo.InvariantCulture, $"[{index}]")
                : name.AsSpan().ContainsAny(Special) ? path.Append(CultureInfo.InvariantCulture, $"['{name}']")
                : path.Append(path.Length == 0 ? "" : ".").Append(name);
        }

        return path.ToString();
    }
}
