k(){ tmux send-keys -t u80 "$@"; sleep 0.6; }
p(){ sleep 0.4; tmux capture-pane -t u80 -p | sed 's/ *$//' | awk 'NF{for(i=0;i<b;i++)print "";b=0;print;next}{b++}'; echo "────────"; }
