using System.Text;

namespace Prism.Bench.Report;

/// <summary>A table in Markdown. The first column is text, the others are numbers.</summary>
internal sealed class Table(params string[] columns)
{
    private readonly List<string[]> _rows = [columns];

    public void Add(params string[] cells) => _rows.Add(cells);

    public override string ToString()
    {
        var widths = columns.Select((_, i) => _rows.Max(row => row[i].Length)).ToList();
        var text = new StringBuilder();
        for (var number = 0; number < _rows.Count; number++)
        {
            var cells = _rows[number].Select((cell, i) => i == 0 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]));
            text.Append("| ").AppendJoin(" | ", cells).AppendLine(" |");
            if (number == 0)
            {
                text.Append('|').AppendJoin('|', widths.Select((width, i) => new string('-', width + 1) + (i == 0 ? "-" : ":"))).AppendLine("|");
            }
        }

        return text.ToString();
    }
}
